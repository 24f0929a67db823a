/** The messages between a parent process and its child, one union per direction and pair. Children are forked
 *  with `serialization: 'advanced'`, so that byte arrays stay byte arrays. The first message of a child is `ready`,
 *  or `unable` with the reason. */
import type { EngineName } from '#lib/domain/classifier.ts'
import type { FailureReport } from '#lib/domain/errors.ts'
import type { Link } from '#lib/domain/grouping/groups.ts'
import type { ImageProblem } from '#lib/domain/image.ts'
import type { RunPart } from '#lib/domain/run-parts.ts'
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'
import type { StageProgress } from '#lib/domain/run-stages.ts'
import type { EpochPoint } from './epoch.ts'
import type { InferencePrecision, ServedPrecision } from './precision.ts'
import type { ProbeFigures } from './probe.ts'

/** A version and its folder on disk. Bundles are immutable, so that a path and a key are sufficient. */
export type VersionRef = { readonly key: string; readonly folder: string }

export type Unable = { kind: 'unable'; reason: string }
export type StartupMessage = { kind: 'ready'; engine: EngineName } | Unable

/** The requested form of a large image: preprocessed for a version, only its size, a small WebP for display, or
 *  its pixels reduced. */
export type DecodeWish =
  | { readonly kind: 'square'; /** The bundle whose preprocessing applies. */ readonly folder: string }
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
  /** `width`, `height`: of the image in its file, upright; `data` has the requested form, with `dataWidth ×
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
      /** Of a square; null for everything else. */
      problem: ImageProblem | null
    }
  | { kind: 'refused'; id: number; failure: FailureReport }
  /** It exceeded its memory limit, and exits. */
  | { kind: 'over'; usedBytes: number }

/** A large image that a decoding child has prepared for a version: the bytes of its square. */
export type PreparedImage = {
  readonly square: Uint8Array
  readonly width: number
  readonly height: number
  readonly decodeMs: number
  readonly queuedMs: number
  readonly problem: ImageProblem | null
}

/** A child that compares the images of a classifier: all of them in several messages, then the request. */
export type GroupingRequest =
  | {
      kind: 'add'
      images: readonly { readonly isNew: boolean; readonly traits: ImageTraits }[]
    }
  | { kind: 'find' }
/** Places of images in the order in which they were added. */
export type GroupingMessage = { kind: 'ready' } | Unable | { kind: 'links'; links: readonly Link[] }

/** Images as encoded bytes; decoding and preprocessing happen in the child. */
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

export type InferredImage =
  | {
      ok: true
      logits: Float32Array
      features: Float32Array | null
      /** From the training images (lib/ml/evaluate/familiarity.ts); null when the version has none in its
       *  bundle. */
      distance: number | null
      /** Absent: float32. */
      precision?: InferencePrecision
      problem: ImageProblem | null
      width: number
      height: number
      decodeMs: number
    }
  | { ok: false; failure: FailureReport }

export type InferenceMessage =
  | StartupMessage
  | ({ kind: 'loaded'; id: number; key: string; goldenMs: number } & Partial<ServedPrecision>)
  | { kind: 'inferred'; id: number; images: readonly InferredImage[]; inferenceMs: number }
  | { kind: 'failed'; id: number; failure: FailureReport }

/** A training child computes features as often as requested, then does one run or probe and exits. All its input is
 *  in the run's folder as `plan.json`. `cancel` stops the work in progress. */
export type ToTraining =
  | { kind: 'train'; folder: string; resume: boolean }
  | /** Measure the pieces of the run in this folder, for this number of training images. */ {
      kind: 'probe'
      folder: string
      images: number
    }
    /** Decode the images of the run in this folder and compute their features, and train nothing. */
  | { kind: 'features'; folder: string }
  /** Train the last layer of a version again by folds, and write only the answers. */
  | { kind: 'refit'; folder: string }
  /** The same, and then measure what these layers answer for disturbed images. */
  | { kind: 'robustness'; folder: string }
  | { kind: 'cancel' }

export type FromTraining =
  | StartupMessage
  | { kind: 'note'; message: string }
  /** A stage starts or progresses. Within the stage `train`, `step` messages report the progress. */
  | ({ kind: 'stage' } & StageProgress)
  /** A part of the run, or a piece of it, has ended. */
  | { kind: 'part'; part: RunPart; seconds: number }
  /** A stored image cannot be used; the run continues without it. */
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
  | { kind: 'computed' }
  | { kind: 'cancelled' }
  /** `cause`: for the log, when it has more detail than the failure. */
  | { kind: 'failed'; failure: FailureReport; cause?: string }

/** The only message of the process that measures how fast an engine trains, in images per second. */
export type EngineRateMessage = { kind: 'rate'; rate: number }

/** The only message of the process that makes a backup. */
export type BackupMessage =
  | {
      kind: 'backed-up'
      name: string
      sizeBytes: number
      remarks: readonly string[]
      removed: readonly string[]
    }
  | { kind: 'failed'; failure: FailureReport }

/** Between the supervisor and the processes that it starts. */
export type ManagedCommand =
  | { kind: 'stop' }
  | /** On the socket that comes with it; without one on PORT. When `ready`: connections wait in the socket until
     *  then, and outlive a process that ends before. */ { kind: 'listen'; when: 'now' | 'ready' }
  | /** A further socket that comes with it, of the process with this number: its own, or one to accept from while
     *  that process is away. */ { kind: 'accept'; of: number }
  | /** From the sockets of these processes and no others. Those of the others are closed here; further copies of them
     *  follow. */ { kind: 'accept-for'; numbers: readonly number[] }
  | /** The data may be opened. */ { kind: 'prepared' }
  | {
      kind: 'figures'
      web: readonly WebFigures[]
      worker: WorkerState
      /** Of the processes that compute predictions. */
      serving: readonly ServingState[]
    }
  /** Images, by their sha256, that some process was decoding when it ended. */
  | { kind: 'suspects'; hashes: readonly string[] }
  /** So much memory for decoding is granted, in answer to the request with this id. */
  | { kind: 'decode-memory'; id: number; bytes: number }
export type ManagedMessage =
  | { kind: 'listening'; port: number }
  /** It can do its work. `remarks`: sentences for the user at the terminal. */
  | { kind: 'ready'; remarks: readonly string[] }
  /** It cannot start, for a reason that restarting it does not change. */
  | { kind: 'unable'; reason: string }
  /** Sent every second by the worker. `jobsSilentMs`: since one of its loops last read or wrote its jobs. */
  | { kind: 'alive'; jobsSilentMs: number }
  /** `serving`: null from a process that computes no predictions. */
  | { kind: 'web-figures'; figures: WebFigures; serving: ServingState | null }
  | { kind: 'suspects'; hashes: readonly string[] }
  /** Memory for decoding that this process holds, and wants altogether. */
  | { kind: 'decode-memory'; id: number; heldBytes: number; wantedBytes: number }

/** The process that prepares the data sends this once and exits. `setupToken`: for the first admin; null when
 *  there is one. */
export type PrepareMessage =
  | { kind: 'prepared'; setupToken: string | null; remarks: readonly string[] }
  | { kind: 'unable'; reason: string }

/** `unresponsive`: it runs, and does nothing but what it is busy with; `stalled`: it cannot read or write its jobs;
 *  `elsewhere`: this start runs no worker (ROLE=web), another one does; `missing`: none does. */
export type WorkerState =
  'running' | 'starting' | 'away' | 'unresponsive' | 'stalled' | 'elsewhere' | 'missing'

/** What a process that computes predictions tells those that do not. */
export type ServingState = {
  readonly engine: EngineName | null
  /** Why no engine is ready; empty when one is. */
  readonly engineReason: string
  /** Why the default classifier cannot serve; null when it can. */
  readonly hindrance: string | null
  /** A sentence while every prediction fails; otherwise null. */
  readonly failing: string | null
  /** The names of the versions that serve, by the id of their classifier. */
  readonly versions: Readonly<Record<string, string>>
  /** How these versions are computed, by the id of their classifier; `reason`: why so, where there is a choice. */
  readonly precisions: Readonly<
    Record<string, { readonly precision: InferencePrecision; readonly reason: string | null }>
  >
  /** The loaded versions at the endpoint of INFERENCE_URL; empty without it. */
  readonly remote: readonly RemoteVersionState[]
}

export const REMOTE_STATES = ['checking', 'in-use', 'unavailable'] as const
/** `unavailable`: the local engine predicts, for this reason, and the endpoint is checked again after a pause. */
export type RemoteVersionState = {
  readonly classifier: string
  readonly version: string
  readonly state: (typeof REMOTE_STATES)[number]
  readonly reason: string | null
}

/** The counters of one process that answers requests, added up by the supervisor over all of them. */
export type WebFigures = {
  readonly pid: number
  readonly requests: number
  readonly errors: number
  readonly predictions: number
  readonly queue: number
  readonly batches: number
  /** Images in these batches, including those of evaluations and comparisons, which are not predictions. */
  readonly batched: number
  /** Predictions that were found in the cache, and those that were not. */
  readonly cacheHits: number
  readonly cacheMisses: number
  readonly latenciesMs: readonly number[]
  readonly memoryMb: number
}
