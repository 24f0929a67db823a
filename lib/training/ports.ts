/** What lib/training receives from outside: child processes that train and child processes that predict. Forking
 *  them is left to lib/processes. */
import type { FromTraining, InferredImage, ToTraining, VersionRef } from '#lib/contracts/ipc.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { EngineName } from '#lib/domain/classifier.ts'

/** One training process, as its parent sees it. After `exit` it sends no more messages. */
export type TrainingChild = {
  readonly pid: number
  readonly send: (message: ToTraining) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  readonly listen: (onMessage: {
    message: (message: FromTraining) => void
    exit: (cause: string) => void
  }) => void
}

/** What the process computes most: `inference` for a last layer on features, `training` for all else. With the
 *  engine `auto` it decides which engine is tried first. */
export type EnginePurpose = 'inference' | 'training'

export type ForkTraining = (engine: EngineName | 'auto', purpose: EnginePurpose) => TrainingChild

/** Children that predict with a version: the interface of lib/serving's pool. `load` refuses with `bad_bundle`. */
export type InferencePort = {
  readonly load: (version: VersionRef) => Promise<void>
  readonly unload: (key: string) => void
  /** Checks its checksums and test inputs against the files as they are now. */
  readonly verify: (version: VersionRef) => Promise<void>
  readonly infer: (
    version: VersionRef,
    images: readonly Uint8Array[],
    limits: { maxPixels: number; wantsFeatures: boolean },
  ) => Promise<{
    readonly images: readonly InferredImage[]
    readonly inferenceMs: number
    readonly engine: EngineName | null
  }>
}

/** The data, with the reads that responses of training consist of. */
export type TrainingData = Data & {
  readonly queries: {
    readonly getRun: RouteAnswer<'GET /api/runs/{id}'>
    readonly retrainStatus: RouteAnswer<'GET /api/retrain/status'>
    readonly getModel: RouteAnswer<'GET /api/models/{id}'>
  }
}
