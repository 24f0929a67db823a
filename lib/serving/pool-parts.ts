/** The dependencies of a pool of inference children, and the interface it provides. */
import type { InferenceMessage, InferredImage, PreparedImage, VersionRef } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
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
  /**
   * A version that was loaded before could not be loaded into a child: its files, or the engine, have
   * changed since.
   */
  readonly cannotLoad?: (key: string, reason: string) => void
}

export type InferenceOutput = {
  readonly images: readonly InferredImage[]
  readonly inferenceMs: number
  readonly engine: EngineName | null
}

export type InferenceLimits = { readonly maxPixels: number; readonly wantsFeatures: boolean }

/** Which output is explained: the class by its index, calibrated by the temperature. */
export type ExplainOptions = {
  readonly maxPixels: number
  readonly predicted: number
  readonly temperature: number
}
export type ExplanationOutput = Omit<Extract<InferenceMessage, { kind: 'explained' }>, 'kind' | 'id'>

/** What computes predictions: an engine in this process (own-engine.ts), or children (pool.ts). */
export type Inference = AsyncDisposable & {
  /** Loads a version into every child; rejects when the first child fails to load it. */
  readonly load: (version: VersionRef) => Promise<void>
  readonly unload: (key: string) => void
  /**
   * Loads a version into one child and drops it again, even if it is already loaded: checks the checksums
   * and test inputs of the files as they are now.
   */
  readonly verify: (version: VersionRef) => Promise<void>
  readonly infer: (
    version: VersionRef,
    images: readonly (Uint8Array | PreparedImage)[],
    limits: InferenceLimits,
  ) => Promise<InferenceOutput>
  /**
   * On which regions of the image a prediction depends. The child continues to serve other requests
   * meanwhile.
   */
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

export type Pool = Omit<Inference, 'reason'> & {
  readonly children: () => readonly {
    name: string
    pid: number | null
    state: InferenceChild['state']
    reason: string
  }[]
}
