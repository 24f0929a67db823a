/**
 * The values that the data module accepts and returns: plain values in camelCase. Not rows: Prisma types
 * and JSON texts stay inside.
 */
import type { ShippedClassifier } from '#lib/contracts/bundle.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { EngineName, Fit, PredictionEngine, Source, Split } from '#lib/domain/classifier.ts'
import type { StageProgress } from '#lib/domain/run-stages.ts'
import type { SampleState } from '#lib/domain/sample-state.ts'

/** Where the images of a shipped classifier can be downloaded. */
export type Original = NonNullable<ShippedClassifier['dataset']>

export type NewClassifier = {
  readonly id: string
  readonly title: string
  readonly classes: readonly string[]
  readonly input: { readonly size: number; readonly channels: 1 | 3; readonly fit: Fit }
  readonly isMirrorable: boolean
  readonly hasDigits?: boolean
  readonly recipe?: string
}

/** An image to store: `hash` is the sha256 (hex) of `bytes`, which are stored unchanged. */
export type NewImage = {
  readonly hash: string
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  readonly mediaType: string
}

/** A stored image whose file is missing or changed. */
export type FileFault = {
  readonly hash: string
  readonly code: 'file_missing' | 'file_damaged'
  readonly foundAt: Date
}

export type NewSample = {
  readonly image: NewImage
  /** Null: not labelled yet, and without a split. */
  readonly label: string | null
  readonly split: Split | null
  /** A person gave the split: by the folder it was uploaded in. Absent: its content determines it. */
  readonly isSplitGiven?: boolean
  readonly source: Source
  readonly uploadId: string | null
  readonly filename: string | null
}

/** What became of a sample that was to be added. An image is a sample of a classifier once: the first label
 *  stays, unless the sample lies in the trash. */
export type AddSampleResult =
  | { readonly kind: 'added'; readonly sampleId: string }
  | {
      readonly kind: 'already-there'
      readonly sampleId: string
      readonly label: string | null
      readonly uploadId: string | null
    }

/** A sample that may be used: labelled, neither excluded nor in the trash. */
export type Sample = {
  readonly id: string
  readonly classifierId: string
  readonly hash: string
  readonly label: string
  readonly split: Split
  readonly isSplitGiven: boolean
  readonly source: Source
  readonly uploadId: string | null
  readonly filename: string | null
  /** Near-copies and images of a burst have the same; null: it was not compared with the others. */
  readonly groupId: string | null
  readonly createdAt: Date
}

/** A sample in whatever state it is. */
export type StoredSample = Omit<Sample, 'label' | 'split'> & SampleState

/** Of a snapshot, as a row holds it: `entries` is its text, gzipped. */
export type SnapshotContent = {
  readonly hash: string
  readonly entries: Uint8Array
  readonly train: number
  readonly validation: number
  readonly test: number
}

/** One line of a snapshot. */
export type SnapshotEntry = {
  readonly hash: string
  readonly label: string
  /** Null: it trains, and is evaluated by cross-validation. */
  readonly split: Split | null
  /** The smallest hash of its group among the entries; null or absent: not known, as in snapshots of format 1. */
  readonly group?: string | null
}
export type Snapshot = {
  readonly id: string
  readonly hash: string
  readonly classifierId: string
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly createdAt: Date
}

export const RUN_STATES = ['queued', 'running', 'judging', 'done', 'cancelled', 'failed'] as const
export type RunState = (typeof RUN_STATES)[number]
export type RunImages = {
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly unseen: number
}

export type NewRun = {
  readonly classifierId: string
  readonly recipe: string
  readonly epochs: number
  readonly seed: number
  /** The version whose weights it begins with. */
  readonly baseVersionId: string | null
  readonly message: string
  readonly unseen: number
  /** Everything the training module needs to repeat it; stored as JSON. */
  readonly plan: unknown
  /** What it learns from: frozen in the same transaction. */
  readonly entries: readonly SnapshotEntry[]
  /** Started without a person. */
  readonly isAutomatic?: boolean
}

export type Run = {
  readonly id: string
  readonly classifierId: string
  readonly jobId: string | null
  readonly snapshotId: string | null
  readonly state: RunState
  readonly recipe: string
  readonly baseVersionId: string | null
  readonly baseVersion: string | null
  readonly versionId: string | null
  readonly version: string | null
  readonly engine: EngineName | null
  readonly epochs: number
  readonly epoch: number
  readonly step: number
  readonly steps: number
  readonly etaSeconds: number | null
  readonly memoryMb: number | null
  /** As it was last reported; null before the first stage. */
  readonly stage: StageProgress | null
  readonly message: string
  readonly images: RunImages | null
  readonly points: readonly EpochPoint[]
  readonly verdict: VerdictAnswer | null
  readonly isPromoted: boolean
  readonly canResume: boolean
  readonly error: string | null
  readonly seed: number
  readonly plan: unknown
  readonly isAutomatic: boolean
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

/** What may change in a run while it lives. `startedAt` and `endedAt` follow from the state. */
export type RunChange = Partial<
  Pick<
    Run,
    | 'state'
    | 'engine'
    | 'epochs'
    | 'epoch'
    | 'step'
    | 'steps'
    | 'etaSeconds'
    | 'memoryMb'
    | 'message'
    | 'images'
    | 'verdict'
    | 'isPromoted'
    | 'canResume'
    | 'error'
    | 'versionId'
    | 'plan'
    | 'jobId'
  >
>

export type RunReport =
  | {
      readonly kind: 'step'
      readonly epoch: number
      readonly step: number
      readonly steps: number
      readonly loss: number
      readonly learningRate: number
      readonly imagesPerSecond: number
      readonly etaSeconds: number | null
      readonly memoryMb: number
    }
  | { readonly kind: 'epoch'; readonly point: EpochPoint }
  /** `message`: for people, until the next stage. */
  | ({ readonly kind: 'stage'; readonly message: string } & StageProgress)
  | { readonly kind: 'log'; readonly message: string }

export type NewPrediction = {
  readonly id: string
  readonly classifierId: string
  readonly versionId: string
  readonly version: string
  readonly engine: PredictionEngine
  readonly predictedClass: string
  readonly predictedIndex: number
  readonly confidence: number
  readonly probabilities: Readonly<Record<string, number>>
  readonly decision: 'confident' | 'uncertain' | 'unfamiliar' | null
  readonly candidates: readonly string[] | null
  /** Distance to what was trained on; null while the version cannot tell. */
  readonly familiarity: number | null
  readonly filename: string | null
  readonly width: number
  readonly height: number
  /** Null: the image itself is not stored. */
  readonly image: Pick<NewImage, 'hash' | 'bytes' | 'mediaType'> | null
  readonly decodeMs: number
  readonly queueMs: number
  readonly inferenceMs: number
  readonly totalMs: number
  readonly createdAt: Date
  /** Sent by an anonymous client: such images have a quota and an age limit. */
  readonly isAnonymous: boolean
}

export const ROLES = ['viewer', 'editor', 'admin'] as const
export type Role = (typeof ROLES)[number]
/** `passwordHash` is empty where there is no password; `oidcSubject` names issuer and subject of an OIDC
 *  sign-in. */
export type Person = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly passwordHash: string
  readonly createdAt: Date
  readonly isDisabled: boolean
  readonly sessionsFrom: Date
  readonly oidcSubject: string | null
}

/** A key without its text, which is not stored. `createdBy` is a name; null when that person was removed. */
export type Key = {
  readonly id: string
  readonly name: string
  readonly beginsWith: string
  readonly scopes: readonly ('predict' | 'user' | 'upload' | 'train' | 'admin')[]
  readonly createdBy: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
  readonly classifierId: string | null
}

/** Who changed what: `action` is method and address, `subject` what it was about, by name, `detail` what was
 *  set. */
export type Change = {
  readonly id: string
  readonly at: Date
  readonly by: string
  readonly byId: string | null
  readonly action: string
  readonly subject: string | null
  readonly subjectId: string | null
  readonly classifier: string | null
  readonly detail: string | null
}
