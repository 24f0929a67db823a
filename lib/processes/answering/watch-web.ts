/**
 * What a process that answers requests checks again and again: the metrics of the machine, the free disk space,
 * the state of backups and stored files, and the rate-limit counts of the other processes. It reports its own figures
 * to the supervisor. It decides nothing; health and the pages read what it last measured.
 */
import type { Limits } from '#lib/auth/rate-limits.ts'
import type {
  ManagedCommand,
  ManagedMessage,
  ServingState,
  WebFigures,
  WorkerState,
} from '#lib/contracts/ipc.ts'
import type { Backups } from '#lib/operations/backup/backups.ts'
import { fileConcernOf } from '#lib/operations/damaged-files.ts'
import type { DiskWatch } from '#lib/operations/disk.ts'
import type { Log } from '#lib/operations/log.ts'
import { watchMachine, type MachineFigures } from '#lib/operations/machine.ts'
import { createMetrics, type MetricCases } from '#lib/operations/metrics.ts'
import { recurring } from '#lib/operations/recurring.ts'
import { steadyClock } from '../clock.ts'
import type { composeData } from '../compose/compose-data.ts'
import { HOST_BEAT_MS, type HostReport } from './report-host.ts'

const FIGURES_EVERY_MS = 1_000
/** How long an address may exceed its limit by using several processes. */
const COUNTS_EVERY_MS = 500

type WatchParts = {
  readonly dataDir: string
  readonly data: Pick<Awaited<ReturnType<typeof composeData>>, 'images' | 'hosts'>
  /** Writes the heartbeat of this host, in the one process that does. */
  readonly reportOf: (machine: () => Promise<MachineFigures>) => HostReport | null
  readonly disk: DiskWatch
  readonly backups: Pick<Backups, 'concern'>
  readonly rates: Pick<Limits, 'exchange'>
  /** Of this process alone. */
  readonly figures: () => WebFigures
  /** Null in a process that computes no predictions. */
  readonly serving: () => ServingState | null
  readonly report: (message: ManagedMessage) => void
  readonly log: Log
  readonly startedAt: Date
}

export type WebWatch = AsyncDisposable & {
  readonly metricCases: MetricCases
  readonly worker: () => WorkerState
  /** Of the processes that compute predictions, as they last reported. */
  readonly serving: () => readonly ServingState[]
  /** Reports the figures of this process to the supervisor now, and not only each second. */
  readonly report: () => void
  /** Sentences about backups and stored files for health; empty if there is nothing to report. */
  readonly concerns: () => readonly string[]
  /** The figures and states of the other processes, as the supervisor sends them. */
  readonly hear: (message: Extract<ManagedCommand, { kind: 'figures' }>) => void
}

/** Resolves when the free disk space has been measured once. */
export async function watchWeb(parts: WatchParts): Promise<WebWatch> {
  const { dataDir, data, disk, backups, rates, figures, serving, report, log, startedAt, reportOf } = parts
  let latest: Omit<Extract<ManagedCommand, { kind: 'figures' }>, 'kind'> = {
    web: [],
    worker: 'starting',
    serving: [],
  }
  let backupConcern: string | null = null
  let fileConcern: string | null = null

  let hosts: Awaited<ReturnType<typeof data.hosts.list>> | null = null

  const machine = watchMachine({ dataDir, rootPid: process.ppid, now: () => performance.now() })
  const hostReport = reportOf(machine)
  const { cases, tick } = createMetrics({
    machine,
    hosts: () => hosts ?? [],
    webs: () => [...latest.web.filter(({ pid }) => pid !== process.pid), figures()],
    startedAt,
    now: () => new Date(),
  })

  const repeated = (failure: string, work: () => Promise<unknown>) =>
    recurring({ log, now: steadyClock.now }, failure, work)
  const readMetrics = repeated('The system metrics could not be read', tick)
  const measureDisks = repeated('The free disk space could not be read', disk.measure)
  const checkBackups = repeated('The state of the backups could not be checked', async () => {
    backupConcern = await backups.concern()
  })
  const checkFiles = repeated('The state of the stored files could not be checked', async () => {
    fileConcern = fileConcernOf(await data.images.faults())
  })
  const exchangeCounts = repeated(
    'The rate-limit counts could not be exchanged with the other processes',
    rates.exchange,
  )

  const beatHost = repeated('The heartbeat of this host could not be written or read', async () => {
    await hostReport?.beat()
    hosts = await data.hosts.list()
  })
  /** Of a start without one: whether another host has one. */
  const workerElsewhere = (): WorkerState =>
    hosts === null ||
    hosts.some((host) => host.isLive && host.processes.some(({ name }) => name === 'worker'))
      ? 'elsewhere'
      : 'missing'

  await Promise.all([measureDisks(), beatHost()])
  const reportNow = (): void => report({ kind: 'web-figures', figures: figures(), serving: serving() })
  const everySecond = setInterval(() => {
    reportNow()
    void readMetrics()
    void measureDisks()
    void checkBackups()
    void checkFiles()
  }, FIGURES_EVERY_MS)
  const beating = setInterval(() => void beatHost(), HOST_BEAT_MS)
  const exchanging = setInterval(() => void exchangeCounts(), COUNTS_EVERY_MS)

  return {
    metricCases: cases,
    worker: () => (latest.worker === 'elsewhere' ? workerElsewhere() : latest.worker),
    serving: () => latest.serving,
    report: reportNow,
    concerns: () => [backupConcern, fileConcern].filter((concern) => concern !== null),
    hear: (message) => {
      latest = message
    },
    async [Symbol.asyncDispose]() {
      for (const timer of [everySecond, exchanging, beating]) clearInterval(timer)
      if (!hostReport) return
      await beatHost() // a later one would write the row again
      await hostReport
        .leave()
        .catch((error: unknown) => log('warn', 'This host could not be unregistered', { error }))
    },
  }
}
