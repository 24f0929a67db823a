/** What the jobs of training are given by the worker, and what it gets back. Types alone; the worker is put
 *  together in lib/processes. */
import type { Data } from '#lib/data/data.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { JobKind, JobPayloads } from '#lib/domain/jobs.ts'
import type { InferencePort, ForkTraining } from '../ports.ts'

export type TrainSettings = {
  readonly dataDir: string
  readonly databaseFile: string
  readonly engine: EngineName | 'auto'
  readonly memoryMb: number
  readonly maxPixels: number
  readonly autoPromote: 'off' | 'better' | 'not_worse'
  readonly codeVersion: string
}

export type TrainingParts = {
  readonly data: Data
  readonly forkTraining: ForkTraining
  /** Children of the worker, apart from those that answer people. */
  readonly answering: InferencePort
  readonly settings: TrainSettings
  readonly now: () => Date
  /** Removes what processes that are gone have left half made. */
  readonly sweepLeftovers: () => Promise<unknown>
  /** Milliseconds that only grow. */
  readonly clock: () => number
  readonly log: (
    level: 'info' | 'warn' | 'error',
    message: string,
    about?: Readonly<Record<string, unknown>>,
  ) => void
}

export type JobContext = {
  readonly attempt: number
  readonly signal: AbortSignal
  readonly why: () => 'cancelled' | 'leaving' | 'lost' | null
}

/** Shaped as lib/jobs wants handlers. */
export type TrainingHandlers = {
  readonly [K in Exclude<JobKind, 'backup'>]: {
    readonly run: (payload: JobPayloads[K], job: JobContext) => Promise<unknown>
    readonly gaveUp?: (
      payload: JobPayloads[K],
      error: { readonly code: string; readonly message: string },
    ) => Promise<void>
  }
}
