/** What the training room is given from outside: children that train and children that answer. How they are
 *  forked only lib/processes knows. */
import type { FromTraining, InferredPicture, ToTraining, VersionRef } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'

/** One training process, seen from its parent. After `exit` nothing more comes from it. */
export type TrainingChild = {
  readonly pid: number
  readonly send: (message: ToTraining) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  readonly listen: (hear: { message: (message: FromTraining) => void; exit: (cause: string) => void }) => void
}

export type ForkTraining = (engine: EngineName | 'auto') => TrainingChild

/** Children that answer with a version: what lib/serving's pool offers. `load` refuses with `bad_bundle`. */
export type InferencePort = {
  readonly load: (version: VersionRef) => Promise<void>
  readonly unload: (key: string) => void
  /** Its checksums and test inputs, as the files are now. */
  readonly verify: (version: VersionRef) => Promise<void>
  readonly infer: (
    version: VersionRef,
    pictures: readonly Uint8Array[],
    limits: { maxPixels: number; wantsFeatures: boolean },
  ) => Promise<{
    readonly pictures: readonly InferredPicture[]
    readonly inferenceMs: number
    readonly engine: EngineName | null
  }>
}
