/** The messages between a parent process and its child, one union per direction and pair. Children are forked
 *  with
 *  `serialization: 'advanced'`, so byte arrays arrive whole. The first message of a child is `ready`, or
 *  `unable` with the reason. */
import type { EngineName } from '#lib/domain/classifier.ts'
import type { FailureReport } from '#lib/domain/errors.ts'
import type { StageProgress } from '#lib/domain/run-stages.ts'
import type { EpochPoint } from './epoch.ts'
import type { ProbeFigures } from './probe.ts'

/** Where a child finds a version: its folder on disk. Bundles are immutable, so a path and a key say all. */
export type VersionRef = { readonly key: string; readonly folder: string }

export type Unable = { kind: 'unable'; reason: string }
export type StartupMessage = { kind: 'ready'; engine: EngineName } | Unable

/** What is wanted of a large image: as a version sees it, no more than its size, a small WebP for people, or
 *  its pixels made small. */
export type DecodeWish =
  | { readonly kind: 'square'; /** The bundle whose preprocessing is meant. */ readonly folder: string }
  | { readonly kind: 'size' }
  | { readonly kind: 'thumbnail'; readonly size: number }
  | { readonly kind: 'raster'; readonly side: number }

export type DecodingRequest = {
  kind: 'decode'
  id: number
  bytes: Uint8Array
  wish: DecodeWish
  maxPixels: number
  maxBytes: number
}

export type DecodingMessage =
  | { kind: 'ready' }
  | Unable
  /** `width`, `height`: of the image in its file, upright; `data` is what was wished for, of `dataWidth ×
   *  dataHeight` pixels. */
  | {
      kind: 'decoded'
      id: number
      width: number
      height: number
      decodeMs: number
      data: Uint8Array
      dataWidth: number
      dataHeight: number
    }
  | { kind: 'refused'; id: number; failure: FailureReport }
  /** It took more memory than it may, and ends. */
  | { kind: 'over'; usedBytes: number }

/** A large image that a decoding child has made ready for a version: the bytes of its square. */
export type PreparedImage = {
  readonly square: Uint8Array
  readonly width: number
  readonly height: number
  readonly decodeMs: number
  readonly queuedMs: number
}

/** One asked picture: encoded bytes in; decoding and preprocessing happen in the child. */
export type InferenceCommand =
  | { kind: 'load'; id: number; version: VersionRef }
  | { kind: 'unload'; key: string }
  | {
      kind: 'infer'
      id: number
      key: string
      images: readonly (Uint8Array | PreparedImage)[]
      maxPixels: number
      wantsFeatures: boolean
    }
  /** On which places of a picture an answer depends (lib/ml/occlusion): that of the class with this index,
   *  calibrated by this temperature. */
  | {
      kind: 'explain'
      id: number
      key: string
      picture: Uint8Array | PreparedImage
      maxPixels: number
      predicted: number
      temperature: number
    }

export type InferredImage =
  | {
      ok: true
      logits: Float32Array
      features: Float32Array | null
      /** To the training pictures (lib/ml/evaluate/familiarity.ts); null where the version has none in its
       *  bundle. */
      distance: number | null
      width: number
      height: number
      decodeMs: number
    }
  | {
      ok: false
      failure: FailureReport
      /** Never to be tried again: the process that computed it alone ended. */
      endsProcesses?: true
    }

export type InferenceMessage =
  | StartupMessage
  | { kind: 'loaded'; id: number; key: string; goldenMs: number }
  | { kind: 'inferred'; id: number; images: readonly InferredImage[]; inferenceMs: number }
  /** `square`: the preprocessed picture, on which the places lie, as a PNG. */
  | {
      kind: 'explained'
      id: number
      rows: number
      columns: number
      drops: readonly (readonly number[])[]
      square: Uint8Array
    }
  | { kind: 'failed'; id: number; failure: FailureReport }

/** A training child does one run and leaves. All it needs lies in the run's folder as `plan.json`. */
export type ToTraining =
  | { kind: 'train'; folder: string; resume: boolean }
  | /** Measure the pieces of the run in this folder, for so many pictures to learn from. */ {
      kind: 'probe'
      folder: string
      images: number
    }
  | { kind: 'cancel' }

export type FromTraining =
  | StartupMessage
  | { kind: 'note'; message: string }
  /** A stage starts or moves on. Within the stage `train`, `step` messages say how far it is. */
  | ({ kind: 'stage' } & StageProgress)
  /** A stored image cannot be used; the run goes on without it. */
  | { kind: 'file-fault'; hash: string; code: 'file_missing' | 'file_damaged'; reason: string }
  | {
      kind: 'step'
      epoch: number
      step: number
      steps: number
      loss: number
      learningRate: number
      imagesPerSecond: number
      etaSeconds: number | null
      memoryMb: number
    }
  | { kind: 'epoch'; point: EpochPoint; etaSeconds: number | null }
  | { kind: 'sealed'; folder: string }
  | { kind: 'probed'; figures: ProbeFigures }
  | { kind: 'cancelled' }
  /** `cause`: for the log, where the failure says it in other words. */
  | { kind: 'failed'; failure: FailureReport; cause?: string }

/** What the process that makes a backup says, once. */
export type BackupMessage =
  | {
      kind: 'backed-up'
      name: string
      sizeBytes: number
      remarks: readonly string[]
      removed: readonly string[]
    }
  | { kind: 'failed'; failure: FailureReport }

/** Supervisor to and from web and worker. */
export type ManagedCommand =
  | { kind: 'stop' }
  | /** On the socket that comes with it; without one on PORT. When `ready`: connections wait in the socket until
     *  then, and outlive a process that ends before. */ { kind: 'listen'; when: 'now' | 'ready' }
  | /** Further copies of that socket, to accept from as well. */ { kind: 'accept' }
  | /** The data may be opened. */ { kind: 'prepared' }
  | { kind: 'figures'; web: readonly WebFigures[]; worker: WorkerState }
export type ManagedMessage =
  | { kind: 'listening'; port: number }
  /** It can do its work. `remarks`: sentences for the person at the terminal. */
  | { kind: 'ready'; remarks: readonly string[] }
  /** It never will, for a reason that starting it again does not change. */
  | { kind: 'unable'; reason: string }
  | { kind: 'web-figures'; figures: WebFigures }

/** Who prepares the data says this once and leaves. `setupToken`: the way in for the first admin; null where
 *  there is one. */
export type PrepareMessage =
  | { kind: 'prepared'; setupToken: string | null; remarks: readonly string[] }
  | { kind: 'unable'; reason: string }

/** `elsewhere`: this start runs no worker (ROLE=web). */
export type WorkerState = 'running' | 'starting' | 'away' | 'elsewhere'

/** What one web process counted, added up by the supervisor over all of them. */
export type WebFigures = {
  readonly pid: number
  readonly requests: number
  readonly errors: number
  readonly predictions: number
  readonly queue: number
  readonly batches: number
  /** Pictures in these batches: also those that were measured or tried, which are no predictions. */
  readonly batched: number
  readonly latenciesMs: readonly number[]
  readonly memoryMb: number
}
