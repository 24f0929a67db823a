/** Which processes a start has, and what they tell each other through their parent: figures down, readiness
 *  up. */
import { fork, type ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'
import path from 'node:path'
import type { FromManaged, ToManaged, WebFigures, WorkerState } from '#lib/contracts/ipc.ts'
import type { Log } from '#lib/operations/log.ts'
import { CHILD_FLAGS, childEnvironment } from './environment.ts'
import { bindListenSocket } from '#lib/server/listen-socket.ts'
import { eachLine } from './lines.ts'
import { manage, type Managed } from './managed.ts'
import { heapEnvironment, heapFlags } from './memory.ts'
import type { Start } from './settings.ts'

const FIGURES_EVERY_MS = 1_000
/** A web process that ends so often before it ever listened will never. */
const MOST_FAILED_STARTS = 4

export type FamilyParts = {
  /** Settled when the data may be opened; web processes read their modules meanwhile. */
  readonly prepared: Promise<unknown>
  readonly log: Log
  /** Once, when the first web process can answer. */
  readonly ready: (port: number, remarks: readonly string[]) => void
  /** Starting failed for good. */
  readonly cannot: (reason: string) => void
}

export type Family = { readonly end: () => Promise<void> }

export function superviseFamily({ settings }: Start, { prepared, log, ready, cannot }: FamilyParts): Family {
  let port = settings.PORT
  let isListening = false
  let isReady = false
  let isEnding = false
  const figures = new Map<Managed, WebFigures>()
  /** What processes counted that have ended: sums must not fall. */
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
  // Where the owner names no address, next-auth goes by the Host of a request; headers that only proxies may
  // send are taken away before.
  const trust: Record<string, string> = settings.NEXTAUTH_URL ? {} : { AUTH_TRUST_HOST: 'true' }
  // PORT=0 is decided by the first who listens; whoever comes later must listen there too.
  const environment = (): NodeJS.ProcessEnv =>
    childEnvironment({ ...heapEnvironment(settings), ...trust, PORT: String(port) })

  const binding = hasWeb && isAlone ? bindListenSocket(settings) : Promise.resolve(null)
  const held = binding.catch((error: unknown) => {
    log('warn', 'The socket of web could not be bound beforehand; web binds it itself', { error })
    return null
  })
  const webs = hasWeb
    ? Array.from({ length: settings.WEB_PROCESSES }, (_, i) =>
        manage({ name: isAlone ? 'web' : `web ${i + 1}`, start: startWeb, hear, ended, log }),
      )
    : []
  let worker: Managed | null = null
  if (!hasWeb) startWorker()
  const timer = setInterval(() => {
    for (const web of webs)
      web.tell({ kind: 'figures', web: [...figures.values(), past], worker: workerState() })
  }, FIGURES_EVERY_MS)

  /** After the first web process is ready, or has failed to be: both at once would compete for the cores, and
   *  people wait for web. */
  function startWorker(): void {
    if (!hasWorker) return
    prepared.then(
      () => {
        if (!isEnding)
          worker ??= manage({
            name: 'worker',
            start: () =>
              logged(
                'worker',
                fork(entry('worker'), {
                  env: environment(),
                  execArgv: flags,
                  serialization: 'advanced',
                  stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
                }),
              ),
            hear,
            ended,
            log,
          })
      },
      () => {},
    )
  }

  function startWeb(): ChildProcess {
    if (isAlone)
      return told(
        fork(entry('web'), {
          env: environment(),
          execArgv: flags,
          serialization: 'advanced',
          stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
        }),
      )
    cluster.setupPrimary({
      exec: entry('web'),
      execArgv: flags,
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    return told(cluster.fork(environment()).process)
  }

  function told(web: ChildProcess): ChildProcess {
    held
      .then((socket) => web.send({ kind: 'listen' } satisfies ToManaged, socket?.handle, () => {}))
      .catch((error: unknown) => log('error', 'web could not be told where to listen', { error }))
    prepared.then(
      () => web.send({ kind: 'prepared' } satisfies ToManaged, () => {}),
      () => {},
    ) // who has died meanwhile is told by its exit
    return logged('web', web)
  }

  function logged(name: string, child: ChildProcess): ChildProcess {
    eachLine(child.stderr, (line) => log('warn', line, { child: name }))
    return child
  }

  function hear(message: FromManaged, from: Managed): void {
    switch (message.kind) {
      case 'listening':
        port = message.port
        isListening = true
        return
      case 'started':
        startWorker()
        if (isReady || (hasWeb && !webs.includes(from))) return
        isReady = true
        return ready(port, message.remarks)
      case 'unable':
        return isListening ? log('error', message.reason) : cannot(message.reason)
      case 'web-figures':
        return void figures.set(from, message.figures)
    }
  }

  function ended(failedStarts: number, from: Managed): void {
    startWorker()
    const counted = figures.get(from)
    figures.delete(from)
    if (counted)
      past = {
        ...past,
        requests: past.requests + counted.requests,
        errors: past.errors + counted.errors,
        predictions: past.predictions + counted.predictions,
        batches: past.batches + counted.batches,
        batched: past.batched + counted.batched,
      }
    if (webs.includes(from) && !isListening && failedStarts >= MOST_FAILED_STARTS)
      cannot(
        `Darkroom cannot start: its web process ended ${failedStarts} times. The log in DATA_DIR/logs says why.`,
      )
  }

  const workerState = (): WorkerState => {
    if (!hasWorker) return 'elsewhere'
    if (worker === null) return 'starting'
    if (worker.isStarted()) return 'running'
    return worker.pid() === null ? 'away' : 'starting'
  }

  return {
    async end() {
      clearInterval(timer)
      isEnding = true
      const refusing = held.then((socket) => socket?.close()) // who comes now does not wait for nobody
      await Promise.all([refusing, ...[...webs, ...(worker ? [worker] : [])].map((child) => child.stop())])
    },
  }
}

const entry = (name: string): string => path.join(import.meta.dirname, `${name}.ts`)
