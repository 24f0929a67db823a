/** Composes the worker: the loops of the queue, and what it looks for every few seconds. What a job needs is imported
 *  with the first one (compose-jobs.ts). */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { counted } from '#lib/domain/text/count-text.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { runWorker } from '#lib/jobs/worker.ts'
import type { Log } from '#lib/operations/log.ts'
import { createBackups } from '#lib/operations/backup/backups.ts'
import { backupSettingsNow } from '#lib/operations/owner-settings.ts'
import { watchMachine } from '#lib/operations/machine.ts'
import { recurring } from '#lib/operations/recurring.ts'
import { createUpkeepLease, UPKEEP_BEAT_MS } from '#lib/operations/upkeep-lease.ts'
import { createRetention } from '#lib/operations/retention.ts'
import { queueMissingRobustness } from '#lib/training/job/queue-robustness.ts'
import { storeMissingPredictions } from '#lib/training/versions/sample-predictions.ts'
import { autoRetrainTurn } from '#lib/training/retrain/auto-retrain.ts'
import { autoRetrainParts } from '../compose/auto-retrain.ts'
import { patientClock, steadyClock, wallClock } from '../clock.ts'
import type { JobModule } from './compose-jobs.ts'
import { BACKUP_LOOK_MS, queueBackups } from './queue-backups.ts'
import { queueNamedNetwork } from './queue-named-network.ts'
import { composeData } from '../compose/compose-data.ts'
import { emptyTrash } from '#lib/operations/permanent-deletion.ts'
import { composePermanentDeletion } from '../compose/compose-permanent-deletion.ts'
import { handlersOnFirstUse, loopsOf } from './job-loops.ts'
import { drawnElsewhere, lacksFirstImages } from '../start/fork-seed.ts'
import { sweepLeftovers } from '#lib/operations/partial-files.ts'
import { deleteExpiredJobs } from '#lib/serving/prediction-jobs/delete-expired.ts'
import { isSmall } from '#lib/operations/memory-limits.ts'
import type { ProcessPlace } from '../start/process-layout.ts'
import { createHostReport, HOST_BEAT_MS } from '../answering/report-host.ts'
import type { Start } from '../settings.ts'
import { publicBytes, retentionLimits } from '../compose/storage-limits.ts'

/**
 * The worker's writes may take long, and a training run must not fail because a backup of another program
 * has locked the database.
 */
const WRITE_PATIENCE_MS = 300_000
/** How often to look for uploads whose web process has ended. */
const SWEEP_EVERY_MS = 30_000
/**
 * How often to look for old predictions and images of anonymous clients; in between the quota itself holds
 * (lib/data/predictions/prediction-writer.ts).
 */
const RETAIN_EVERY_MS = 300_000

/** How often to look whether enough images were labelled for a training run that starts by itself. */
const RETRAIN_EVERY_MS = 3_000

/** Under load predict processes write about 10 MB a second to the write-ahead log. */
const CHECKPOINT_EVERY_MS = 1_000

export type Worker = {
  readonly ended: Promise<void>
  /** Since one of its loops last read or wrote its jobs. */
  readonly jobsSilentMs: () => number
  readonly end: () => Promise<void>
}

export async function composeWorker(start: Start, place: ProcessPlace, log: Log): Promise<Worker> {
  const { settings, places } = start
  const data = await composeData(start, { patienceMs: WRITE_PATIENCE_MS })
  const sweep = async (withLargePlaces = false): Promise<void> => {
    const sweeping = {
      dataDir: places.dataDir,
      isAlone: settings.ROLE === 'all',
      now: Date.now(),
      withLargePlaces,
    }
    const removed = await sweepLeftovers(sweeping)
    if (removed.length > 0) log('warn', 'Removed partial files of a process that has ended', { removed })
  }
  const sweepFailed = (error: unknown): void => log('error', 'Partial files could not be removed', { error })
  const backupSettings = () => backupSettingsNow({ ...start, data })
  let composedJobs: Promise<JobModule> | null = null
  const jobs = (): Promise<JobModule> =>
    (composedJobs ??= import('./compose-jobs.ts').then(({ composeJobs }) =>
      composeJobs(start, { data, log, backupSettings, sweepLeftovers: () => sweep().catch(sweepFailed) }),
    )).catch((error: unknown) => {
      composedJobs = null // the next job tries again
      throw error
    })
  await queueNamedNetwork(data.jobs, places, settings.BACKBONE).catch((error: unknown) =>
    log('error', 'The pretrained network that BACKBONE names could not be enqueued', { error }),
  )
  const backups = createBackups({ data, places, settings: backupSettings, now: () => new Date() })
  const queueDueBackup = queueBackups(backups, log)
  const erase = composePermanentDeletion(data, places.dataDir, backups.backupsContaining)
  const emptyingTrash = recurring({ log, now: steadyClock.now }, 'The trash could not be emptied', () =>
    emptyTrash(data, erase, log),
  )
  const recheckingFiles = recurring(
    { log, now: steadyClock.now },
    'Damaged files could not be checked again',
    data.images.recheckFaults,
  )
  const removingFiles = recurring(
    { log, now: steadyClock.now },
    'Files of deleted images could not be removed',
    data.images.removePendingFiles,
  )
  const leaving = new AbortController()
  const name = `worker ${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`
  const kindsOfLoops = loopsOf(isSmall(settings))
  const turns = kindsOfLoops.map(steadyClock.now)
  const loops = kindsOfLoops.map((kinds, i) =>
    runWorker({
      name,
      onTurn: () => (turns[i] = steadyClock.now()),
      kinds,
      store: data.jobs,
      handlers: handlersOnFirstUse(kinds, { load: jobs, isSmall: isSmall(settings) }),
      clock: patientClock,
      signal: leaving.signal,
      onStoreFailure: (error) =>
        log('error', 'The worker cannot read or write its jobs; it retries', { error }),
      onFailure: (job, error) =>
        log(isDarkroomError(error) ? 'warn' : 'error', `The job "${job.kind}" failed`, {
          job: job.id,
          attempt: job.attempt,
          error,
        }),
    }),
  )
  let drawing: Promise<void> = Promise.resolve()
  /** What a worker does once when the upkeep becomes its work: at the start of the only one. */
  function beginUpkeep(): void {
    void queueMissingRobustness({ data, now: () => new Date() }).catch((error: unknown) =>
      log('error', 'The robustness of versions could not be enqueued', { error }),
    )
    void storeMissingPredictions(data).catch((error: unknown) =>
      log('error', 'The predictions of earlier versions for their images could not be stored', { error }),
    )
    void queueDueBackup()
    drawing = Promise.allSettled([drawing])
      .then(() => lacksFirstImages(data))
      .then((lacks) =>
        lacks && !leaving.signal.aborted
          ? drawnElsewhere(leaving.signal, (line) => log('warn', line, { child: 'drawing' }))
          : undefined,
      )
      .catch((error: unknown) => log('error', 'The images of "shapes" could not be generated', { error }))
  }
  const upkeep = createUpkeepLease({
    hosts: data.hosts,
    holder: name,
    now: steadyClock.now,
    acquired: () => !leaving.signal.aborted && beginUpkeep(),
  })
  const takingUpkeep = recurring(
    { log, now: steadyClock.now },
    'It could not be decided which worker does the upkeep',
    upkeep.turn,
  )
  const sweepingFiles = recurring({ log, now: steadyClock.now }, 'Partial files could not be removed', () =>
    sweep(),
  )
  const { ofJobs: anonymousBytes } = await publicBytes(start)
  const deletingPredictionJobs = recurring(
    { log, now: steadyClock.now },
    'Old prediction jobs could not be deleted',
    async () => {
      const count = await deleteExpiredJobs({
        predictionJobs: data.predictionJobs,
        dataDir: places.dataDir,
        days: settings.PREDICTION_JOB_DAYS,
        anonymousBytes,
        now: wallClock.now,
      })
      if (count > 0) log('info', `${counted(count, 'prediction job')} deleted by PREDICTION_JOB_DAYS`)
    },
  )
  const sweepingUploads = recurring(
    { log, now: steadyClock.now },
    'Uploads of web processes that have ended could not be rolled back',
    async () => {
      const count = await data.uploads.sweepAbandoned()
      if (count > 0)
        log(
          'warn',
          `${counted(count, 'upload')} of web processes that have ended ${count === 1 ? 'was' : 'were'} rolled back`,
        )
    },
  )
  const retain = createRetention({
    data: data.retention,
    limits: await retentionLimits(start),
    now: wallClock.now,
    log,
  })
  const retaining = recurring(
    { log, now: steadyClock.now },
    'Old predictions and anonymous images could not be deleted',
    () => retain(leaving.signal),
  )
  const grouping = recurring(
    { log, now: steadyClock.now },
    'Near-copies could not be looked for',
    async () => {
      for (const classifierId of await data.groups.pendingClassifiers())
        if (!leaving.signal.aborted) await (await jobs()).groupImages(classifierId, leaving.signal)
    },
  )
  const retraining = recurring(
    { log, now: steadyClock.now },
    'Automatic retraining could not be decided',
    () => autoRetrainTurn(autoRetrainParts(start, data)),
  )
  const firstSweep = sweep(true).catch(sweepFailed)
  const whereHeld = (works: readonly (() => Promise<void>)[]): void => {
    if (upkeep.isHeld()) for (const work of works) void work()
  }
  const sweeping = setInterval(() => {
    void sweepingFiles()
    whereHeld([
      sweepingUploads,
      deletingPredictionJobs,
      emptyingTrash,
      recheckingFiles,
      removingFiles,
      grouping,
    ])
  }, SWEEP_EVERY_MS)
  const checkpointing = recurring(
    { log, now: steadyClock.now },
    'The write-ahead log could not be copied into the database file',
    async () => data.checkpoint(),
  )
  const checkpointTimer = setInterval(() => void checkpointing(), CHECKPOINT_EVERY_MS)
  const report = createHostReport(start, place, {
    hosts: data.hosts,
    images: data.images,
    folders: data.folders,
    machine: watchMachine({ dataDir: places.dataDir, rootPid: process.ppid, now: steadyClock.now }),
    startedAt: new Date(),
  })
  // where pages are shown, a web process reports
  const reporting =
    settings.ROLE === 'worker'
      ? recurring(
          { log, now: steadyClock.now },
          'The heartbeat of this host could not be written',
          report.beat,
        )
      : null
  await Promise.all([takingUpkeep(), reporting?.()])
  const timers = [
    ...(reporting ? [setInterval(() => void reporting(), HOST_BEAT_MS)] : []),
    setInterval(() => void takingUpkeep(), UPKEEP_BEAT_MS),
    setInterval(() => whereHeld([retraining]), RETRAIN_EVERY_MS),
    setInterval(() => whereHeld([retaining]), RETAIN_EVERY_MS),
    setInterval(() => whereHeld([queueDueBackup]), BACKUP_LOOK_MS),
  ]
  const ended = Promise.all(loops).then(() => {})
  return {
    ended,
    jobsSilentMs: () => steadyClock.now() - Math.min(...turns),
    async end() {
      leaving.abort()
      for (const timer of [sweeping, checkpointTimer, ...timers]) clearInterval(timer)
      await Promise.allSettled([ended, drawing, firstSweep, takingUpkeep()])
      await (await composedJobs?.catch(() => null))?.[Symbol.asyncDispose]()
      await Promise.all([upkeep.leave(), reporting && report.leave()]).catch((error: unknown) =>
        log('warn', 'This worker could not be unregistered; its lease expires in a few seconds', { error }),
      )
      await data.close()
    },
  }
}
