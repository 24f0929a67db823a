/** The dependencies of a pool of inference children, and the interface it provides. */
import type { InferredImage, PreparedImage, VersionRef } from '#lib/contracts/ipc.ts'
import type { EngineName, PredictionEngine } from '#lib/domain/classifier.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import type { InferenceChild } from './inference-child.ts'
import type { StartChild } from './ports.ts'

export type PoolParts = {
  readonly name: string
  readonly size: number
  readonly start: StartChild
  readonly clock: SteadyClock
  readonly log: LogLine
  /** A child has become free or ready, or has ended. */
  readonly changed: () => void
}

export type InferenceOutput<E = PredictionEngine> = {
  readonly images: readonly InferredImage[]
  readonly inferenceMs: number
  readonly engine: E | null
}

export type InferenceLimits = { readonly maxPixels: number; readonly wantsFeatures: boolean }

/** Which output is explained: the class by its index, calibrated by the temperature. */
export type ExplainOptions = {
  readonly maxPixels: number
  readonly predicted: number
  readonly temperature: number
}
/** `drops`: of the probability, where the image is covered. `square`: the preprocessed image, as a PNG. */
export type ExplanationOutput = {
  readonly rows: number
  readonly columns: number
  readonly drops: readonly (readonly number[])[]
  readonly square: Uint8Array
}

/** What computes predictions: an engine in this process (own-engine.ts), or children (pool.ts). */
export type Inference = AsyncDisposable & {
  /** Loads a version; rejects when that fails. */
  readonly load: (version: VersionRef) => Promise<void>
  readonly unload: (key: string) => void
  /**
   * Loads a version once more under another name and drops it again, even if it is already loaded: checks the
   * checksums and test inputs of the files as they are now.
   */
  readonly verify: (version: VersionRef) => Promise<void>
  readonly infer: (
    version: VersionRef,
    images: readonly (Uint8Array | PreparedImage)[],
    limits: InferenceLimits,
  ) => Promise<InferenceOutput>
  /** On which regions of the image a prediction depends. Other requests are served meanwhile. */
  readonly explain: (
    version: VersionRef,
    image: Uint8Array | PreparedImage,
    about: ExplainOptions,
  ) => Promise<ExplanationOutput>
  /** How many batches can be computed at the same time. */
  readonly ready: () => number
  readonly engine: () => EngineName | null
  /** Why no engine is ready; empty when one is. */
  readonly reason: () => string
}

/** It explains no predictions: only jobs and commands use it. */
export type Pool = Omit<Inference, 'reason' | 'explain' | 'infer'> & {
  readonly infer: (...request: Parameters<Inference['infer']>) => Promise<InferenceOutput<EngineName>>
  readonly children: () => readonly {
    name: string
    pid: number | null
    state: InferenceChild['state']
    reason: string
  }[]
}
