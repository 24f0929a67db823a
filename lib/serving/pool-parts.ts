/** What a pool of inference children is given, and what it offers. */
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
  /** A child has become free, ready, or is gone. */
  readonly changed: () => void
  /** A version that was loaded before could not be loaded into a child: its files, or the engine, have
   *  changed since. */
  readonly cannotLoad?: (key: string, reason: string) => void
}

export type InferenceOutput = {
  readonly images: readonly InferredImage[]
  readonly inferenceMs: number
  readonly engine: EngineName | null
}

export type InferenceLimits = { readonly maxPixels: number; readonly wantsFeatures: boolean }

/** Whose answer is explained: the class by its index, calibrated by the temperature. */
export type ExplainOptions = {
  readonly maxPixels: number
  readonly predicted: number
  readonly temperature: number
}
export type ExplanationOutput = Omit<Extract<InferenceMessage, { kind: 'explained' }>, 'kind' | 'id'>

export type Pool = AsyncDisposable & {
  /** Loads a version into every child; refused when the first one objects to it. */
  readonly load: (version: VersionRef) => Promise<void>
  readonly unload: (key: string) => void
  /** Loads a version into one child and drops it again, whatever is loaded already: its checksums and test
   *  inputs as the files are now. */
  readonly verify: (version: VersionRef) => Promise<void>
  readonly infer: (
    version: VersionRef,
    images: readonly (Uint8Array | PreparedImage)[],
    limits: InferenceLimits,
  ) => Promise<InferenceOutput>
  /** On which places of the picture an answer depends. The child goes on answering others meanwhile. */
  readonly explain: (
    version: VersionRef,
    image: Uint8Array | PreparedImage,
    about: ExplainOptions,
  ) => Promise<ExplanationOutput>
  /** Children that can take work, now. */
  readonly ready: () => number
  readonly engine: () => EngineName | null
  readonly children: () => readonly {
    name: string
    pid: number | null
    state: InferenceChild['state']
    reason: string
  }[]
}
