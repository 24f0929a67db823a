/**
 * Starts and supervises the processes of a start (process-layout.ts), and passes on what they exchange through
 * their parent: the listening socket, figures, suspect images. lib/children knows how each is restarted and ended.
 */
import path from 'node:path'
import type { Child } from '#lib/children/child.ts'
import { forkChild } from '#lib/children/fork.ts'
import { superviseChild, type End, type SupervisedChild } from '#lib/children/supervise.ts'
import type {
  ManagedMessage,
  ManagedCommand,
  ServingState,
  WebFigures,
  WorkerState,
} from '#lib/contracts/ipc.ts'
import { createMemoryBudget } from '#lib/images/memory-grant.ts'
import type { Log } from '#lib/operations/log.ts'
import { decodeBudgetBytes, heapEnvironment, heapFlags } from '#lib/operations/memory-limits.ts'
import { bindListenSockets } from '#lib/server/listen-socket.ts'
import { createSuspectImages } from '#lib/serving/suspect-images.ts'
import { steadyClock } from '../clock.ts'
import { CHILD_FLAGS, childEnvironment } from './environment.ts'
import { layoutOf } from './process-layout.ts'
import { createPastFigures } from './past-figures.ts'
import type { Start } from '../settings.ts'
import { shareSockets } from './share-sockets.ts'
import { createStartFolder } from './start-folder.ts'

const FIGURES_EVERY_MS = 1_000
/** A front process that ends this often without ever listening will never start. */
const MOST_FAILED_STARTS = 4
/** From the stop message to SIGKILL; a drain may take 10 s. */
const STOP_TIMEOUT_MS = 11_000
/**
 * A worker that is busy with something else than its messages is reported after the first of these, and restarted
 * after the second. The longest measured stretch is in docs/performance.md.
 */
const UNRESPONSIVE_MS = 15_000
const LONGEST_UNRESPONSIVE_MS = 120_000
/** Of a process that answers requests; it reports its figures every second. */
const LONGEST_SILENCE_MS = 60_000
/** Longer than another program holds the database while it is copied. */
const STALLED_MS = 60_000

export type FamilyParts = {
  /** Settles when the data may be opened; processes import their modules meanwhile. */
  readonly prepared: Promise<unknown>
  readonly log: Log
  /** Called once, when the first process can answer. */
  readonly ready: (port: number, remarks: readonly string[]) => void
  /** Called when the start has failed for good. */
  readonly cannot: (reason: string) => void
}

type Process = Child<ManagedCommand, ManagedMessage>
type Kind = 'front' | 'behind' | 'worker'

/** One long-lived child. */
type Member = {
  readonly kind: Kind
  /** Which of its kind it is, from 1 on. */
  readonly number: number
  readonly child: SupervisedChild<ManagedCommand>
  /** Whether it can do its work. */
  isStarted: boolean
  /** Its latest figures; null for the worker, and before the first ones. */
  figures: WebFigures | null
  serving: ServingState | null
  /** What the worker last reported; 0 for others. */
  jobsSilentMs: number
}

export type Family = { readonly end: () => Promise<void> }

export function superviseFamily({ settings }: Start, { prepared, log, ready, cannot }: FamilyParts): Family {
  const layout = layoutOf(settings)
  const folder = createStartFolder()
  const suspects = createSuspectImages(steadyClock)
  const past = createPastFigures()
  const decodeMemory = createMemoryBudget<Member>(decodeBudgetBytes(settings), ({ child }, id, bytes) =>
    child.send({ kind: 'decode-memory', id, bytes }),
  )
  const members: Member[] = []
  const tried = new Set<Member>()
  let port = settings.PORT
  let isListening = false
  let isReady = false
  let isEnding = false

  const flags = [...CHILD_FLAGS, ...heapFlags(settings)]
  // Without a configured address, next-auth uses the Host of a request; headers that only proxies may send
  // have been removed before.
  const trust: Record<string, string> = settings.NEXTAUTH_URL ? {} : { AUTH_TRUST_HOST: 'true' }
  // With PORT=0 the first process to listen decides the port; the others must use the same.
  const environment = (): NodeJS.ProcessEnv =>
    childEnvironment({ ...heapEnvironment(), ...trust, PORT: String(port) })

  const binding =
    layout.front.count > 0 ? bindListenSockets(settings, layout.front.count) : Promise.resolve(null)
  const sockets = binding.catch((error: unknown) => {
    log('warn', 'The supervisor could not bind the sockets; the first process binds its own', { error })
    return null
  })
  const sharing = shareSockets(sockets)
  if (layout.front.count === 0) startWorker()
  else {
    startFront(1)
    void sockets.then((bound) => {
      if (!bound) return // the first process decides the port
      port = bound.port
      startBehind()
    })
  }
  const timer = setInterval(sendFigures, FIGURES_EVERY_MS)

  function supervise(kind: Kind, number: number, forkIt: () => Process): void {
    const name = nameOf(kind, number)
    const child = superviseChild<ManagedCommand, ManagedMessage>(
      name,
      {
        fork: forkIt,
        clock: steadyClock,
        log,
        startTimeoutMs: Infinity, // a migration may take any time
        stop: { message: { kind: 'stop' }, timeoutMs: STOP_TIMEOUT_MS },
        silence: {
          lookEveryMs: FIGURES_EVERY_MS,
          mostMs: kind === 'worker' ? LONGEST_UNRESPONSIVE_MS : LONGEST_SILENCE_MS,
        },
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
    const member: Member = {
      kind,
      number,
      child,
      isStarted: false,
      figures: null,
      serving: null,
      jobsSilentMs: 0,
    }
    members.push(member)
  }

  function nameOf(kind: Kind, number: number): string {
    if (kind === 'worker') return kind
    const { name, count } =
      kind === 'front'
        ? { name: layout.front.kind, count: layout.front.count }
        : { name: 'web', count: layout.behind }
    return count === 1 ? name : `${name} ${number}`
  }

  function ofKind(kind: Kind): readonly Member[] {
    return members.filter((member) => member.kind === kind)
  }

  /** The first without the others, so that predictions are available soonest: they would compete for the same cores. */
  function startFront(count: number): void {
    for (let number = ofKind('front').length + 1; number <= count; number++)
      supervise('front', number, () => forkFront(number))
  }

  function startBehind(): void {
    if (isEnding) return
    for (let number = ofKind('behind').length + 1; number <= layout.behind; number++)
      supervise('behind', number, () => whenPrepared(forkOne('web', number)))
  }

  function startWorker(): void {
    if (!layout.hasWorker) return
    prepared.then(
      () => {
        if (!isEnding && ofKind('worker').length === 0) supervise('worker', 1, () => forkOne('worker', 1))
      },
      () => {},
    )
  }

  function forkOne(name: 'predict' | 'web' | 'worker', number: number): Process {
    return forkChild({
      entry: path.join(import.meta.dirname, `../${name}.ts`),
      args: [String(number), folder.path],
      env: environment(),
      flags,
      stdout: 'inherit',
      onLine: (line) => log('warn', line, { child: name }),
    })
  }

  function whenPrepared(child: Process): Process {
    prepared.then(
      () => child.send({ kind: 'prepared' }),
      () => {},
    )
    return child
  }

  function forkFront(number: number): Process {
    const front = forkOne(layout.front.kind, number)
    sharing.forked(number, front, isListening)
    front.send({ kind: 'suspects', hashes: suspects.all() })
    return whenPrepared(front)
  }

  /**
   * First one process that predicts, and pages; then the other processes that predict, and jobs: all at once would
   * compete for the cores. Failures delay nothing.
   */
  function goOnStarting(member: Member): void {
    if (isEnding) return
    tried.add(member)
    if (member.kind === 'front') {
      startFront(layout.front.count)
      startBehind()
    }
    if ([...ofKind('front').slice(0, 1), ...ofKind('behind')].every((one) => tried.has(one))) startWorker()
  }

  function started(member: Member, remarks: readonly string[]): void {
    if (member.kind === 'front') sharing.ready(member.number)
    goOnStarting(member)
    sendFigures()
    if (isReady || (member.kind !== 'front' && layout.front.count > 0)) return
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
        from.serving = message.serving
        return
      case 'alive':
        from.jobsSilentMs = message.jobsSilentMs
        return
      case 'decode-memory':
        return decodeMemory.request(from, message)
      case 'suspects':
        suspects.add(message.hashes)
        if (message.hashes.length > 0) for (const { child } of ofKind('front')) child.send(message)
    }
  }

  function ended({ failedStarts }: End, member: Member): void {
    if (member.kind === 'front') sharing.ended(member.number)
    goOnStarting(member)
    member.isStarted = false
    if (member.figures) past.add(member.figures)
    member.figures = null
    member.serving = null
    member.jobsSilentMs = 0
    decodeMemory.forget(member)
    if (member.kind === 'front' && !isListening && failedStarts >= MOST_FAILED_STARTS)
      cannot(`Darkroom cannot start: a process ended ${failedStarts} times. See the log in DATA_DIR/logs.`)
  }

  function sendFigures(): void {
    const web = [...members.flatMap(({ figures }) => figures ?? []), past.sum()]
    const serving = members.flatMap((member) => member.serving ?? [])
    for (const { kind, child } of members)
      if (kind !== 'worker') child.send({ kind: 'figures', web, worker: workerState(), serving })
  }

  const workerState = (): WorkerState => {
    if (!layout.hasWorker) return 'elsewhere'
    const [worker] = ofKind('worker')
    if (worker === undefined) return 'starting'
    if (worker.child.silentMs() >= UNRESPONSIVE_MS) return 'unresponsive'
    if (worker.isStarted) return worker.jobsSilentMs < STALLED_MS ? 'running' : 'stalled'
    return worker.child.pid() === null ? 'away' : 'starting'
  }

  return {
    async end() {
      clearInterval(timer)
      isEnding = true
      const refusing = sockets.then((bound) => bound?.close()) // so that no connection waits in vain
      await Promise.all([refusing, ...members.map(({ child }) => child.stop())])
      folder.remove()
    },
  }
}
