/**
 * The rules of the queue: how long a worker holds a job, when it is retried, when it is abandoned. It knows
 * no database: the store is a port.
 */
import type { Job, JobKind, JobPayloads } from '#lib/domain/jobs.ts'

/**
 * A job of a killed worker becomes free after this time; a heartbeat every third of it tolerates two lost
 * ones.
 */
export const LEASE_MS = 30_000
export const BEAT_MS = 10_000
export const MOST_ATTEMPTS = 3
/** Before the second and third attempt: temporary failures should be over by then. */
export const RETRY_AFTER_MS = [5_000, 30_000] as const

export type JobStore = {
  readonly claim: (
    worker: string,
    kinds: readonly JobKind[],
    now: number,
    leaseMs: number,
  ) => Promise<Job | null>
  /** False: another worker has the lease now. */
  readonly heartbeat: (id: string, worker: string, now: number, leaseMs: number) => Promise<boolean>
  readonly complete: (id: string, worker: string, result: unknown, now: number) => Promise<boolean>
  readonly fail: (
    id: string,
    worker: string,
    error: JobError,
    retryAt: number | null,
    now: number,
  ) => Promise<boolean>
  readonly release: (id: string, worker: string, now: number) => Promise<boolean>
  readonly cancelled: (id: string, worker: string, now: number) => Promise<boolean>
  readonly isCancelRequested: (id: string) => Promise<boolean>
}

export type JobError = { readonly code: string; readonly message: string }

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
  /** Called once when the job has failed permanently, also when its worker died three times. */
  readonly gaveUp?: (payload: JobPayloads[K], error: JobError) => Promise<void>
}

/** Why a handler was stopped: the job was cancelled, the worker ends, or another worker has the lease. */
export type StopReason = 'cancelled' | 'leaving' | 'lost'

export type Handlers = { readonly [K in JobKind]?: Handler<K> }

/** When a job that failed at this attempt is retried; null: never. */
export function retryAt(attempt: number, now: number): number | null {
  const delay = RETRY_AFTER_MS[attempt - 1]
  return attempt >= MOST_ATTEMPTS || delay === undefined ? null : now + delay
}
