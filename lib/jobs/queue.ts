/**
 * The rules of the queue: how long a worker holds a job, when it is retried, when it is abandoned. It knows
 * no database: the store is a port.
 */
import type { JobError, JobKind, JobPayloads, StopReason } from '#lib/domain/jobs.ts'

/**
 * A job of a killed worker becomes free after this time; a heartbeat every third of it tolerates two lost
 * ones.
 */
export const LEASE_MS = 30_000
export const BEAT_MS = 10_000
export const MOST_ATTEMPTS = 3
/** Before the second and third attempt: temporary failures should be over by then. */
export const RETRY_AFTER_MS = [5_000, 30_000] as const

/**
 * Executes one job. It stops at `signal`: then either the job was cancelled, or the worker is stopping and
 * another one will execute it.
 */
export type Handler<K extends JobKind> = {
  readonly run: (
    payload: JobPayloads[K],
    job: {
      readonly id: string
      readonly attempt: number
      readonly signal: AbortSignal
      readonly why: () => StopReason | null
    },
  ) => Promise<unknown>
  /** A running job goes back to the queue while jobs of these kinds wait; they go first. */
  readonly yieldsTo?: readonly JobKind[]
  /** Called once when the job has failed permanently, also when its worker died three times. */
  readonly gaveUp?: (payload: JobPayloads[K], error: JobError) => Promise<void>
}

export type Handlers = { readonly [K in JobKind]?: Handler<K> }
export type AllHandlers = { readonly [K in JobKind]: Handler<K> }

/** When a job that failed at this attempt is retried; null: never. */
export function retryAt(attempt: number, now: number): number | null {
  const delay = RETRY_AFTER_MS[attempt - 1]
  return attempt >= MOST_ATTEMPTS || delay === undefined ? null : now + delay
}
