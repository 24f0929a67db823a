/** Prediction jobs and their rows, as lib/data returns them. */
import type { Caller } from '#lib/contracts/contract.ts'
import type { JobPrediction } from '#lib/contracts/prediction-jobs.ts'
import type { InferencePrecision } from '#lib/contracts/precision.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { JobState } from '#lib/domain/jobs.ts'

/** `id` of an anonymous sender: a keyed hash of the network address; null where it was not stored yet. */
export type PredictionJobOwner = {
  readonly kind: Caller['kind']
  readonly id: string | null
  readonly name: string | null
}

export type NewPredictionJob = {
  readonly id: string
  readonly classifierId: string
  readonly versionId: string
  readonly version: string
  /** The precision with which the version serves predictions; null: not known in this process. */
  readonly precision: InferencePrecision | null
  readonly topK: number
  readonly filename: string | null
  readonly owner: PredictionJobOwner
  readonly total: number
}

export type PredictionJob = Omit<NewPredictionJob, 'versionId'> & {
  readonly jobId: string | null
  /** null: it has been deleted. */
  readonly versionId: string | null
  readonly engine: EngineName | null
  readonly state: JobState
  readonly error: string | null
  readonly done: number
  readonly failed: number
  /** Images by class. */
  readonly counts: Readonly<Record<string, number>>
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

/** The result of one image, or why there is none. */
export type PredictionJobRow = { readonly position: number; readonly filename: string } & (
  | { readonly kind: 'predicted'; readonly prediction: JobPrediction }
  | { readonly kind: 'failed'; readonly code: string; readonly error: string }
)

export type PredictionJobStore = {
  /** The job, and its entry in the queue, in one transaction. `conflict` while as many are not finished. */
  readonly create: (
    draft: NewPredictionJob,
    mostOpen: {
      readonly ofSender: number
      /** Of all anonymous senders together. */
      readonly anonymous: number
    },
  ) => Promise<PredictionJob>
  readonly find: (id: string) => Promise<PredictionJob | null>
  readonly started: (id: string) => Promise<void>
  /**
   * Appends rows whose positions continue from the last one; the attempts of the queue are counted from here on.
   * False, and nothing is changed, if the job was deleted or another worker has appended rows.
   */
  readonly append: (id: string, rows: readonly PredictionJobRow[]) => Promise<boolean>
  /** With all rows. False if there is none. */
  readonly remove: (id: string) => Promise<boolean>
  /** Those that are queued or running. */
  readonly openIds: (ownerKind?: PredictionJobOwner['kind']) => Promise<readonly string[]>
  /** Those that ended before that time, and of anonymous senders all but the newest ones within both limits;
   *  `bytes`: of their results. */
  readonly expiredIds: (
    before: Date,
    anonymous: { readonly jobs: number; readonly bytes: number },
  ) => Promise<readonly string[]>
}
