/** The loop of a worker: claim, do, say how it ended, until told to leave. What a job does is its handler's;
 *  where it is kept is the store's. */
import { isDarkroomError, messageOf, type ErrorCode } from '#lib/domain/errors.ts'
import type { Job, JobKind } from '#lib/domain/jobs.ts'
import { BEAT_MS, LEASE_MS, MOST_ATTEMPTS, retryAt } from './queue.ts'
import type { Handler, Handlers, JobError, JobStore, StopReason } from './queue.ts'

/** How often an idle worker looks. */
const LOOK_EVERY_MS = 500
/** How often a cancel is looked for while a job runs. */
const WATCH_EVERY_MS = 500
/** How often the end of a job is offered to a store that cannot take it now: the disk is full, or the
 *  database locked. */
const OFFER_EVERY_MS = 1_000

export type WorkerClock = {
  readonly now: () => number
  /** Resolves after `ms`, or at once when the signal fires. Never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

export type WorkerSettings = {
  /** Names this worker on its leases; another one after a restart. */
  readonly name: string
  readonly store: JobStore
  /** Which kinds this loop does; each needs a handler. */
  readonly kinds: readonly JobKind[]
  readonly handlers: Handlers
  readonly clock: WorkerClock
  readonly signal: AbortSignal
  /** One job's unexpected end, to be logged. */
  readonly onFailure?: (job: Job, error: unknown) => void
  /** The store does not work. Called once, not again until it has worked; a loop goes on regardless. */
  readonly onStoreFailure?: (error: unknown) => void
}

/** Resolves after the signal fired and the job at hand was given back. Several loops may share a store. */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const { name, store, kinds, handlers, clock, signal } = settings
  const without = kinds.filter((kind) => handlers[kind] === undefined)
  if (without.length > 0) throw new Error(`The worker cannot start: no handler for ${without.join(', ')}.`)
  const state = storeState(settings)
  while (!signal.aborted) {
    const job = await store.claim(name, kinds, clock.now(), LEASE_MS).then(state.worked, state.failed)
    if (job) await turn(settings, job).catch(state.failed)
    else await clock.wait(LOOK_EVERY_MS, signal)
  }
}

/** Rejects where the store breaks while it writes how the job ended: then the lease ends by itself, and the
 *  job is done again. */
async function turn(settings: WorkerSettings, job: Job): Promise<void> {
  if (job.attempt <= MOST_ATTEMPTS) return work(settings, job)
  await abandon(settings, job, {
    code: 'internal',
    message: `It was attempted ${MOST_ATTEMPTS} times, and the process that ran it ended each time.`,
  })
}

async function work(settings: WorkerSettings, job: Job): Promise<void> {
  const { name, store, clock } = settings
  const stop = new AbortController()
  const over = new AbortController()
  let reason: StopReason | null = null
  const halt = (why: StopReason): void => {
    reason ??= why
    stop.abort(new Error(`The job was stopped: ${why}.`))
  }
  const leave = (): void => halt('leaving')
  settings.signal.addEventListener('abort', leave, { once: true })
  const watching = watch({ ...settings, halt, over: over.signal }, job)
  try {
    const result = await handlerOf(settings.handlers, job).run(job.payload, {
      id: job.id,
      attempt: job.attempt,
      signal: stop.signal,
      why: () => reason,
    })
    await recorded(settings, () => store.complete(job.id, name, result, clock.now()))
  } catch (error) {
    await end(settings, { job, error, reason })
  } finally {
    over.abort()
    settings.signal.removeEventListener('abort', leave)
    await watching
  }
}

/** Keeps the lease, and looks whether somebody wants the job stopped. */
async function watch(
  settings: WorkerSettings & { readonly halt: (why: StopReason) => void; readonly over: AbortSignal },
  job: Job,
): Promise<void> {
  const { name, store, clock, over, halt } = settings
  let lastBeat = clock.now()
  const state = storeState(settings)
  while (!over.aborted) {
    await clock.wait(WATCH_EVERY_MS, over)
    if (over.aborted) return
    try {
      if (await store.isCancelRequested(job.id)) halt('cancelled')
      if (clock.now() - lastBeat < BEAT_MS) continue
      const at = clock.now()
      if (!(await store.heartbeat(job.id, name, at, LEASE_MS))) return halt('lost')
      lastBeat = at
      state.worked(at)
    } catch (error) {
      state.failed(error) // the next turn tries again: while nobody can write, nobody can take the lease either
    }
  }
}

async function end(
  settings: WorkerSettings,
  ended: { readonly job: Job; readonly error: unknown; readonly reason: StopReason | null },
): Promise<void> {
  const { name, store, clock } = settings
  const { job, error, reason } = ended
  switch (reason) {
    case 'lost':
      return
    case 'leaving':
      return recorded(settings, () => store.release(job.id, name, clock.now()))
    case 'cancelled':
      return recorded(settings, () => store.cancelled(job.id, name, clock.now()))
    case null:
      break
  }
  settings.onFailure?.(job, error)
  const reported = {
    code: isDarkroomError(error) ? error.code : 'internal',
    message: messageOf(error),
  }
  // what a person must mend does not mend itself
  const isForAPerson = isDarkroomError(error) && error.code !== 'database_busy'
  const again = isForAPerson ? null : retryAt(job.attempt, clock.now())
  if (again === null) await abandon(settings, job, reported)
  else await recorded(settings, () => store.fail(job.id, name, reported, again, clock.now()))
}

async function abandon(settings: WorkerSettings, job: Job, error: JobError): Promise<void> {
  const { name, store, handlers, clock, onFailure } = settings
  await recorded(settings, () => store.fail(job.id, name, error, null, clock.now()))
  const tell = async (): Promise<unknown> => handlerOf(handlers, job).gaveUp?.(job.payload, error)
  await recorded(settings, tell).catch((cause: unknown) => onFailure?.(job, cause))
}

/** Reports the first of several failures in a row. */
function storeState({ onStoreFailure }: WorkerSettings) {
  let isWorking = true
  return {
    worked<T>(answer: T): T {
      isWorking = true
      return answer
    },
    failed(error: unknown): null {
      if (isWorking) onStoreFailure?.(error)
      isWorking = false
      return null
    },
  }
}

/** How a job ended must not be lost to a full disk or a locked database: it is offered until the store takes
 *  it, or this worker leaves (then the lease ends, and another does the job again). */
async function recorded(settings: WorkerSettings, record: () => Promise<unknown>): Promise<void> {
  const { clock, signal, onStoreFailure } = settings
  for (let isFirst = true; ; isFirst = false) {
    try {
      await record()
      return
    } catch (error) {
      if (!isDarkroomError(error) || !PASSING.has(error.code)) throw error
      if (isFirst) onStoreFailure?.(error)
      if (signal.aborted) return
      await clock.wait(OFFER_EVERY_MS, signal)
    }
  }
}

/** Errors of a store that end by themselves or by a person's hand. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'disk_full',
  'database_busy',
  'overloaded',
  'not_ready',
])

/** `runWorker` has proved that there is one, and a job's payload is of its kind. */
function handlerOf(handlers: Handlers, job: Job): Handler<JobKind> {
  const handler = handlers[job.kind]
  if (!handler) throw new Error(`No handler for ${job.kind}.`)
  return handler as Handler<JobKind>
}
