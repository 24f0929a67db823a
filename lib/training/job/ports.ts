/** What the worker passes to the jobs of training, and what it gets back. Types only; the worker is composed in
 *  lib/processes. */
import type { Data } from '#lib/data/data.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { AutoPromote } from '#lib/domain/evaluation/gate.ts'
import type { JobError, JobKind, JobPayloads, StopReason } from '#lib/domain/jobs.ts'
import type { LogLine } from '#lib/domain/ports.ts'
import type { InferencePort } from '../ports.ts'
import type { TrainingProcesses } from './idle-process.ts'

export type TrainSettings = {
  readonly dataDir: string
  readonly databaseFile: string
  readonly engine: EngineName | 'auto'
  readonly memoryMb: number
  readonly maxPixels: number
  /** Where a classifier has no choice of its own; /settings may change it during a training run. */
  readonly autoPromote: () => Promise<AutoPromote>
  readonly codeVersion: string
}

export type TrainingParts = {
  readonly data: Data
  readonly processes: TrainingProcesses
  /** Children of the worker, separate from those that serve users' predictions. */
  readonly inference: InferencePort
  /** Starts one of these children now where memory allows it, because it will be needed soon. */
  readonly prepareInference: () => void
  readonly settings: TrainSettings
  readonly now: () => Date
  /** Removes files that crashed processes left incomplete. */
  readonly sweepLeftovers: () => Promise<unknown>
  /** A monotonic clock, in milliseconds. */
  readonly clock: () => number
  readonly log: LogLine
}

export type JobContext = {
  readonly attempt: number
  readonly signal: AbortSignal
  readonly why: () => StopReason | null
}

/** In the shape that lib/jobs expects of handlers. */
export type TrainingHandlers = {
  readonly [
    K in Exclude<JobKind, 'backup' | 'backbone' | 'findings' | 'import' | 'predict' | 'predict-anonymous'>
  ]: {
    readonly run: (payload: JobPayloads[K], job: JobContext) => Promise<unknown>
    readonly gaveUp?: (payload: JobPayloads[K], error: JobError) => Promise<void>
  }
}
