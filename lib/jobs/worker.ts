/**
 * The loop of a worker: claim a job, execute it, record its result, until stopped. The handler knows what a
 * job does; the store knows where it is stored.
 */
import { isDarkroomError, messageOf, type ErrorCode } from '#lib/domain/errors.ts'
import type { Job, JobError, JobKind, JobStore, StopReason } from '#lib/domain/jobs.ts'
import { payloadOf } from '#lib/contracts/job-payloads.ts'
import { BEAT_MS, LEASE_MS, MOST_ATTEMPTS, retryAt } from './queue.ts'
import type { Handler, Handlers } from './queue.ts'

/** How often an idle worker looks for a job: a read without a lock, of a tenth of a millisecond. */
const LOOK_EVERY_MS = 200
/** How often a running job is checked for a cancel request. */
const WATCH_EVERY_MS = 500
/**
 * How often a result is offered to a store that cannot accept it, because the disk is full or the database
 * locked.
 */
const OFFER_EVERY_MS = 1_000

export type WorkerClock = {
  readonly now: () => number
  /** Resolves after `ms`, or at once when the signal fires. Never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

export type WorkerSettings = {
  /** Names this worker on its leases; a restarted worker has a different name. */
  readonly name: string
  readonly store: JobStore
  /** The kinds of jobs that this loop executes; each needs a handler. */
  readonly kinds: readonly JobKind[]
  readonly handlers: Handlers
  readonly clock: WorkerClock
  readonly signal: AbortSignal
  /** Called when a job ends unexpectedly, to log it. */
  readonly onFailure?: (job: Job, error: unknown) => void
  /**
   * The store does not work. Called once, and again only after it has worked; a loop continues regardless.
   */
  readonly onStoreFailure?: (error: unknown) => void
  /** Called whenever the loop has read or written its jobs. */
  readonly onTurn?: () => void
}

/** Resolves after the signal fired and the current job was returned. Several loops may share a store. */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const { name, store, kinds, handlers, clock, signal, onTurn } = settings
  const without = kinds.filter((kind) => handlers[kind] === undefined)
  if (without.length > 0) throw new Error(`The worker cannot start: no handler for ${without.join(', ')}.`)
  const state = storeState(settings)
  while (!signal.aborted) {
    const claimed = store.claim(name, kinds, clock.now(), LEASE_MS)
    const job = await claimed.then((one) => (onTurn?.(), state.worked(one)), state.failed)
    if (job) await turn(settings, job).catch(state.failed)
    else await clock.wait(LOOK_EVERY_MS, signal)
  }
}

/**
 * Rejects if the store fails while it records how the job ended: then the lease expires, and the job is
 * repeated.
 */
async function turn(settings: WorkerSettings, job: Job): Promise<void> {
  if (job.attempt <= MOST_ATTEMPTS) return work(settings, job)
  await abandon(settings, job, {
    code: 'internal',
    message: `It was attempted ${MOST_ATTEMPTS} times; each time, its process ended unexpectedly.`,
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
    const result = await handlerOf(settings.handlers, job).run(payloadOf(job), {
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

/** Keeps the lease, and checks whether the job was cancelled or others go first. */
async function watch(
  settings: WorkerSettings & { readonly halt: (why: StopReason) => void; readonly over: AbortSignal },
  job: Job,
): Promise<void> {
  const { name, store, clock, over, halt } = settings
  const others = settings.handlers[job.kind]?.yieldsTo
  let lastBeat = clock.now()
  const state = storeState(settings)
  while (!over.aborted) {
    await clock.wait(WATCH_EVERY_MS, over)
    if (over.aborted) return
    try {
      if (await store.isCancelRequested(job.id)) halt('cancelled')
      else if (others && (await store.isWaiting(others, clock.now()))) halt('leaving')
      settings.onTurn?.()
      if (clock.now() - lastBeat < BEAT_MS) continue
      const at = clock.now()
      if (!(await store.heartbeat(job.id, name, at, LEASE_MS))) return halt('lost')
      lastBeat = at
      state.worked(at)
    } catch (error) {
      state.failed(error) // the next turn tries again: while nothing can be written, no other worker can take the lease
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
  // a failure that a person must fix does not go away by retrying
  const isForAPerson = isDarkroomError(error) && error.code !== 'database_busy'
  const again = isForAPerson ? null : retryAt(job.attempt, clock.now())
  if (again === null) await abandon(settings, job, reported)
  else await recorded(settings, () => store.fail(job.id, name, reported, again, clock.now()))
}

async function abandon(settings: WorkerSettings, job: Job, error: JobError): Promise<void> {
  const { name, store, handlers, clock, onFailure } = settings
  await recorded(settings, () => store.fail(job.id, name, error, null, clock.now()))
  const tell = async (): Promise<unknown> => handlerOf(handlers, job).gaveUp?.(payloadOf(job), error)
  await recorded(settings, tell).catch((cause: unknown) => onFailure?.(job, cause))
}

/** Reports only the first of several failures in a row. */
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

/**
 * A full disk or a locked database must not lose the result of a job: it is offered until the store accepts
 * it, or this worker stops (then the lease expires, and another worker repeats the job).
 */
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

/** Errors of a store that go away by themselves or that a person can fix. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'disk_full',
  'database_busy',
  'overloaded',
  'not_ready',
])

/** `runWorker` has checked that there is one; it is called only with the payload of its kind. */
function handlerOf(handlers: Handlers, job: Job): Handler<JobKind> {
  const handler = handlers[job.kind]
  if (!handler) throw new Error(`No handler for ${job.kind}.`)
  return handler as Handler<JobKind>
}
