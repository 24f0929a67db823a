/** The kinds of background jobs: each with its input and its result. It knows
 *  no queue and no handler. */
import type { Fit, Split } from './classifier.ts'

export type JobPayloads = {
  /** Train, save, judge, and promote if the gate and AUTO_PROMOTE allow it. */
  train: { readonly runId: string; readonly resume: boolean }
  /** Measure a version on the classifier's test split, on the serving engine. */
  evaluate: { readonly versionId: string }
  /** Compare two versions on the same images. */
  compare: { readonly championId: string; readonly challengerId: string }
  /** Copy all of the owner's data to BACKUP_DIR. */
  backup: { readonly reason: 'schedule' | 'request' }
  /** Install a pretrained network: the default one from the npm registry where nothing is named, `network` of the
   *  catalogue, or the uploaded ONNX file, which is examined first. */
  backbone: {
    readonly network?: string | undefined
    readonly upload?:
      'examine' | { readonly name: string; readonly value: string; readonly reading: string } | undefined
  }
  /** Make a classifier or a version of files that were sent: the payload is `importRequest` of lib/contracts. */
  import: ImportPayload
  /** Predict the classes of many images that were sent together. */
  predict: { readonly predictionJobId: string }
  /** The same for a sender without a login or key. */
  'predict-anonymous': { readonly predictionJobId: string }
  /** Compute the features of a classifier's images, so that its next run finds them. */
  features: { readonly classifierId: string }
  /** Find what is wrong with a classifier's images. */
  findings: { readonly classifierId: string }
  /** Measure a version that was evaluated by folds on disturbed images. */
  robustness: { readonly versionId: string }
  /** Measure the pieces of a retrain on some of its images, to forecast how long it will take. */
  probe: {
    readonly classifierId: string
    /** The name under which the figures are stored. */ readonly name: string
    readonly draft: unknown
    readonly some: readonly { readonly hash: string; readonly label: string; readonly split: Split }[]
    readonly images: number
  }
}

/** The network of another program, or a whole classifier of another Darkroom. */
export type ImportPayload = {
  readonly folder: string
  readonly kind: 'network' | 'classifier'
  readonly filename: string
  readonly classifier: string | null
  readonly title: string | null
  readonly classes: readonly string[] | null
  readonly pixels: '0..1' | '-1..1' | '0..255' | null
  readonly fit: Fit | null
  readonly hasCalibration: boolean
  readonly by: string
}

export type JobKind = keyof JobPayloads
export const JOB_KINDS = [
  'train',
  'evaluate',
  'compare',
  'probe',
  'backup',
  'backbone',
  'features',
  'findings',
  'robustness',
  'import',
  'predict',
  'predict-anonymous',
] as const satisfies readonly JobKind[]

/** Waits while a job of another kind is in the queue that the same loop executes. */
export const LAST_KIND: JobKind = 'predict-anonymous'

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

export type Job = {
  readonly id: string
  readonly kind: JobKind
  /** As it is stored; lib/jobs reads it for the handler. */
  readonly payload: unknown
  readonly state: JobState
  readonly attempt: number
  /** The result of the handler, as JSON; null until done. */
  readonly result: unknown
  readonly error: JobError | null
}

export type JobError = { readonly code: string; readonly message: string }

/** Why a handler was stopped: the job was cancelled, it goes back to the queue because the worker ends or another job
 *  goes first, or another worker has the lease. */
export type StopReason = 'cancelled' | 'leaving' | 'lost'

/**
 * What a worker needs of the queue. Times are milliseconds since 1970. The promises of `boolean` resolve to
 * false when another worker has the lease now; then nothing was changed.
 */
export type JobStore = {
  /** The next job of these kinds, leased to the worker; null if there is none. */
  readonly claim: (
    worker: string,
    kinds: readonly JobKind[],
    now: number,
    leaseMs: number,
  ) => Promise<Job | null>
  /** Whether a job of these kinds could be claimed now. */
  readonly isWaiting: (kinds: readonly JobKind[], now: number) => Promise<boolean>
  /** Extends the lease. */
  readonly heartbeat: (id: string, worker: string, now: number, leaseMs: number) => Promise<boolean>
  readonly complete: (id: string, worker: string, result: unknown, now: number) => Promise<boolean>
  /** `retryAt` is null: the job is not retried. */
  readonly fail: (
    id: string,
    worker: string,
    error: JobError,
    retryAt: number | null,
    now: number,
  ) => Promise<boolean>
  /** Back to the queue without a counted attempt. */
  readonly release: (id: string, worker: string, now: number) => Promise<boolean>
  readonly cancelled: (id: string, worker: string, now: number) => Promise<boolean>
  readonly isCancelRequested: (id: string) => Promise<boolean>
}

/** Of one stored result: its file name (500 characters), and what every result contains. */
const RESULT_BYTES = 2_500
const CLASS_BYTES = 100

/** What results of a prediction job take at most in the database, for class names of usual length. */
export const resultBytes = (images: number, topK: number): number =>
  images * (RESULT_BYTES + topK * CLASS_BYTES)
