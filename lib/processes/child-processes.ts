/**
 * Which processes a start has, and what they exchange through their parent: figures down, readiness up.
 * lib/children knows how each is restarted and ended.
 */
import path from 'node:path'
import type { Child } from '#lib/children/child.ts'
import { forkChild, forkSharingPort } from '#lib/children/fork.ts'
import { superviseChild, type End, type SupervisedChild } from '#lib/children/supervise.ts'
import type { ManagedMessage, ManagedCommand, WebFigures, WorkerState } from '#lib/contracts/ipc.ts'
import type { Log } from '#lib/operations/log.ts'
import { bindListenSocket } from '#lib/server/listen-socket.ts'
import { steadyClock } from './clock.ts'
import { CHILD_FLAGS, childEnvironment } from './environment.ts'
import { heapEnvironment, heapFlags } from '#lib/operations/memory-limits.ts'
import type { Start } from './settings.ts'

const FIGURES_EVERY_MS = 1_000
/**
 * For one socket, libuv accepts one connection per turn of the event loop (1.52; Node 24), which is 100 a
 * second where a turn takes 10 ms: new connections would wait for seconds behind the open ones. Each copy
 * of the socket adds one.
 */
const ACCEPTED_AT_A_TIME = 32
/** A web process that ends this often without ever listening will never start. */
const MOST_FAILED_STARTS = 4
/** From the stop message to SIGKILL; a drain may take 10 s. */
const STOP_TIMEOUT_MS = 11_000

/**
 * A worker that is busy with something else than its messages is reported after the first of these, and restarted
 * after the second. The longest measured stretch is in docs/performance.md.
 */
const UNRESPONSIVE_MS = 15_000
const LONGEST_UNRESPONSIVE_MS = 120_000
/** Longer than another program holds the database while it is copied. */
const STALLED_MS = 60_000

export type FamilyParts = {
  /** Settles when the data may be opened; web processes import their modules meanwhile. */
  readonly prepared: Promise<unknown>
  readonly log: Log
  /** Called once, when the first web process can answer. */
  readonly ready: (port: number, remarks: readonly string[]) => void
  /** Called when the start has failed for good. */
  readonly cannot: (reason: string) => void
}

type Process = Child<ManagedCommand, ManagedMessage>

/** One long-lived child, web or worker. */
type Member = {
  readonly child: SupervisedChild<ManagedCommand>
  /** Whether it can do its work. */
  isStarted: boolean
  /** Its latest figures; null for the worker, and before the first ones. */
  figures: WebFigures | null
  /** What the worker last reported; 0 for others. */
  jobsSilentMs: number
}

export type Family = { readonly end: () => Promise<void> }

export function superviseFamily({ settings }: Start, { prepared, log, ready, cannot }: FamilyParts): Family {
  let port = settings.PORT
  let isListening = false
  let isReady = false
  let isEnding = false
  /** Counts of processes that have ended: totals must not decrease. */
  let past: WebFigures = {
    pid: 0,
    requests: 0,
    errors: 0,
    predictions: 0,
    queue: 0,
    batches: 0,
    batched: 0,
    latenciesMs: [],
    memoryMb: 0,
  }

  const flags = [...CHILD_FLAGS, ...heapFlags(settings)]
  const hasWeb = settings.ROLE !== 'worker'
  const hasWorker = settings.ROLE !== 'web'
  const isAlone = settings.WEB_PROCESSES === 1
  // Without a configured address, next-auth uses the Host of a request; headers that only proxies may send
  // have been removed before.
  const trust: Record<string, string> = settings.NEXTAUTH_URL ? {} : { AUTH_TRUST_HOST: 'true' }
  // With PORT=0 the first process to listen decides the port; the others must use the same.
  const environment = (): NodeJS.ProcessEnv =>
    childEnvironment({ ...heapEnvironment(settings), ...trust, PORT: String(port) })

  const binding = hasWeb && isAlone ? bindListenSocket(settings) : Promise.resolve(null)
  const socket = binding.catch((error: unknown) => {
    log('warn', 'The supervisor could not bind the socket; the web process binds it itself', { error })
    return null
  })
  const webs = hasWeb
    ? Array.from({ length: settings.WEB_PROCESSES }, (_, i) =>
        supervise(isAlone ? 'web' : `web ${i + 1}`, startWeb),
      )
    : []
  let worker: Member | null = null
  if (!hasWeb) startWorker()
  const timer = setInterval(() => {
    const web = [...webs.flatMap(({ figures }) => figures ?? []), past]
    for (const { child } of webs) child.send({ kind: 'figures', web, worker: workerState() })
  }, FIGURES_EVERY_MS)

  function supervise(name: string, forkIt: () => Process): Member {
    const child = superviseChild<ManagedCommand, ManagedMessage>(
      name,
      {
        fork: forkIt,
        clock: steadyClock,
        log,
        startTimeoutMs: Infinity, // a migration may take any time
        stop: { message: { kind: 'stop' }, timeoutMs: STOP_TIMEOUT_MS },
        ...(name === 'worker' && {
          silence: { lookEveryMs: FIGURES_EVERY_MS, mostMs: LONGEST_UNRESPONSIVE_MS },
        }),
      },
      {
        ready: async ({ remarks }) => {
          member.isStarted = true
          started(member, remarks)
          return {}
        },
        message: (message) => hear(message, member),
        ended: (end) => ended(end, member),
      },
    )
    const member: Member = { child, isStarted: false, figures: null, jobsSilentMs: 0 }
    return member
  }

  /**
   * After the first web process is ready, or has failed to start: both at once would compete for the cores,
   * and people wait for web.
   */
  function startWorker(): void {
    if (!hasWorker) return
    prepared.then(
      () => {
        if (!isEnding) worker ??= supervise('worker', () => forkOne('worker'))
      },
      () => {},
    )
  }

  function forkOne(name: 'web' | 'worker'): Process {
    return forkChild({
      entry: entry(name),
      env: environment(),
      flags,
      stdout: 'inherit',
      onLine: (line) => log('warn', line, { child: name }),
    })
  }

  function startWeb(): Process {
    const web: Process = isAlone
      ? forkOne('web')
      : forkSharingPort({
          entry: entry('web'),
          env: environment(),
          flags,
          onLine: (line) => log('warn', line, { child: 'web' }),
        })
    socket
      .then((bound) => {
        web.send({ kind: 'listen', when: bound && isListening ? 'ready' : 'now' }, bound?.handle)
        if (!bound) return
        for (let copy = 1; copy < ACCEPTED_AT_A_TIME; copy++) web.send({ kind: 'accept' }, bound.handle)
      })
      .catch((error: unknown) => log('error', 'The socket could not be sent to the web process', { error }))
    prepared.then(
      () => web.send({ kind: 'prepared' }),
      () => {},
    )
    return web
  }

  function started(member: Member, remarks: readonly string[]): void {
    startWorker()
    if (isReady || (hasWeb && !webs.includes(member))) return
    isReady = true
    ready(port, remarks)
  }

  function hear(message: Exclude<ManagedMessage, { kind: 'ready' }>, from: Member): void {
    switch (message.kind) {
      case 'listening':
        port = message.port
        isListening = true
        return
      case 'unable':
        return isListening ? log('error', message.reason) : cannot(message.reason)
      case 'web-figures':
        from.figures = message.figures
        return
      case 'alive':
        from.jobsSilentMs = message.jobsSilentMs
    }
  }

  function ended({ failedStarts }: End, member: Member): void {
    startWorker()
    member.isStarted = false
    const counted = member.figures
    member.figures = null
    member.jobsSilentMs = 0
    if (counted)
      past = {
        ...past,
        requests: past.requests + counted.requests,
        errors: past.errors + counted.errors,
        predictions: past.predictions + counted.predictions,
        batches: past.batches + counted.batches,
        batched: past.batched + counted.batched,
      }
    if (webs.includes(member) && !isListening && failedStarts >= MOST_FAILED_STARTS)
      cannot(
        `Darkroom cannot start: its web process ended ${failedStarts} times. See the log in DATA_DIR/logs.`,
      )
  }

  const workerState = (): WorkerState => {
    if (!hasWorker) return 'elsewhere'
    if (worker === null) return 'starting'
    if (worker.child.silentMs() >= UNRESPONSIVE_MS) return 'unresponsive'
    if (worker.isStarted) return worker.jobsSilentMs < STALLED_MS ? 'running' : 'stalled'
    return worker.child.pid() === null ? 'away' : 'starting'
  }

  return {
    async end() {
      clearInterval(timer)
      isEnding = true
      const refusing = socket.then((bound) => bound?.close()) // so that no connection waits in vain
      const members = [...webs, ...(worker ? [worker] : [])]
      await Promise.all([refusing, ...members.map(({ child }) => child.stop())])
    },
  }
}

const entry = (name: string): string => path.join(import.meta.dirname, `${name}.ts`)
