/**
 * What is read and written without Prisma, or by SQL in a transaction of Prisma: signatures only. Each database has a
 * folder that makes them, whose files give the reason for each (docs/decisions/0053-storage-by-prisma.md); open.ts
 * chooses the folder.
 */
import type { ClassRename } from '#lib/domain/class-renames.ts'
import type { Classifier, Job, Prisma, Promotion, Sample, Version, VersionFault } from './generated/client.ts'
import type { Blobs } from './images/blobs.ts'
import type { StagedImages } from './images/staged-images.ts'
import type { BulkStatements, DeletionStatements, ListStatements } from './transaction-statements.ts'
import type { NewImage, NewPrediction, NewSample } from './values.ts'

export type Statements = {
  readonly access: AccessStatements
  readonly bulk: BulkStatements
  readonly classifiers: ClassifierStatements
  readonly deletion: DeletionStatements
  readonly hosts: HostStatements
  readonly images: ImageStatements
  readonly lists: ListStatements
  readonly pending: PendingWork
  readonly predictions: PredictionStatements
  readonly processes: ProcessStatements
  readonly queue: QueueStatements
  readonly samples: SampleStatements
  readonly versions: VersionStatements
}

/** Sessions, keys, settings and the audit log. */
export type AccessStatements = {
  /** Null: of every role. */
  readonly countPeople: (role: string | null) => Promise<number>
  /** Unless the person is disabled or the session has ended. */
  readonly personInSession: (
    id: string,
    session: { readonly id: string; readonly began: Date },
  ) => Promise<Prisma.PersonModel | null>
  /** Replaces the earlier tokens of this purpose. */
  readonly replaceToken: (token: {
    readonly hash: string
    readonly purpose: string
    readonly createdAt: Date
  }) => Promise<void>
  readonly keyByHash: (
    hash: string,
  ) => Promise<(Prisma.ApiKeyModel & { readonly creatorName: string | null }) | null>
  readonly keyUsed: (id: string, at: Date) => Promise<void>
  /** As JSON. */
  readonly setting: (name: string) => Promise<string | null>
  readonly addChange: (change: Prisma.ChangeModel) => Promise<void>
}

export type ClassifierStatements = {
  /** In the trash too. */
  readonly row: (id: string) => Promise<Classifier | null>
  /** A user's own before shipped ones. */
  readonly rows: () => Promise<readonly Classifier[]>
  /** One with a live version, if there is any. */
  readonly first: () => Promise<Classifier | null>
  readonly classNames: (id: string) => Promise<readonly string[]>
  /** In their order. */
  readonly renames: (id: string) => Promise<readonly ClassRename[]>
  /** 0: none. Grows with each rename that others can see. */
  readonly latestRename: () => Promise<number>
}

type Image = Prisma.ImageModel

/** What a process needs that only reads images. */
export type ImageReads = {
  readonly bytes: (hash: string) => Promise<Pick<Image, 'bytes'> | null>
  /** Null: unknown. */
  readonly isInRow: (hash: string) => Promise<boolean | null>
  readonly facts: (
    hash: string,
  ) => Promise<Pick<Image, 'hash' | 'width' | 'height' | 'sizeBytes' | 'mediaType'> | null>
}

export type ImageStatements = ImageReads & {
  readonly insert: (images: readonly NewImage[], files: StagedImages) => Promise<void>
  /** The newest faults, and how many there are. */
  readonly faults: (
    most: number,
  ) => Promise<{ readonly count: number; readonly newest: readonly Prisma.FileFaultModel[] }>
  /** Removes the files of those that no row names, while no image is being stored, and forgets these removals. */
  readonly removeFiles: (hashes: readonly string[], files: ImageFiles) => Promise<void>
}

/** Where the files of images are. */
export type ImageFiles = { readonly dataDir: string; readonly blobs: Blobs }

/** Whether there is anything to do, for work that is looked for every few seconds or at every start: each stops at the
 *  first row. */
export type PendingWork = {
  readonly hasRunningUploads: () => Promise<boolean>
  readonly hasFileFaults: () => Promise<boolean>
  readonly hasImageRemovals: () => Promise<boolean>
  /** May be true where `pendingClassifiers` finds none: it does not look at uploads. */
  readonly hasUngroupedSamples: () => Promise<boolean>
  /** Its time in the trash has ended. */
  readonly hasExpiredTrash: (now: Date) => Promise<boolean>
  readonly hasAnonymousImagesBefore: (time: Date) => Promise<boolean>
  readonly hasPredictionJobs: () => Promise<boolean>
  /** Whether the classifier has an upload that did not fail. */
  readonly hasUploads: (classifierId: string) => Promise<boolean>
  readonly hasClassifiers: () => Promise<boolean>
}

export type PredictionStatements = {
  /** All or none, with their counts. */
  readonly insert: (
    predictions: readonly NewPrediction[],
    how: {
      readonly files: StagedImages
      /** Of images of anonymous clients. */
      readonly quotaBytes: number | undefined
      readonly patienceMs: number
    },
  ) => Promise<void>
  readonly anonymousImages: () => Promise<{ readonly images: number; readonly bytes: number }>
  /** False: the first of the rows is not the next one. */
  readonly appendToJob: (
    id: string,
    appended: {
      readonly rows: readonly Prisma.PredictionJobRowModel[]
      readonly latest: { readonly engine: string; readonly precision: string } | null
      readonly countsWith: (countsJson: string) => { readonly countsJson: string; readonly failed: number }
    },
  ) => Promise<boolean>
}

type CountRow = Prisma.CountedElsewhereModel

/** What processes tell each other through rows. */
/** The heartbeats of hosts, and the leases of work that one process at a time does for all of them. */
export type HostStatements = {
  /** `now` is called in the transaction: a process that had to wait for a lock lives. */
  readonly seen: (row: Omit<Prisma.HostModel, 'lastSeen'>, now: () => number) => Promise<void>
  readonly leave: (id: string) => Promise<void>
  /** By name. */
  readonly list: () => Promise<readonly Prisma.HostModel[]>
  /** Takes the lease, or extends it; false while another holder has it. One statement, so that two never have it. */
  readonly takeLease: (lease: Prisma.LeaseModel, at: Date) => Promise<boolean>
  readonly leaveLease: (name: string, holder: string) => Promise<void>
}

export type ProcessStatements = {
  /** `now` is called in the transaction: a process that had to wait for a lock lives. */
  readonly seen: (row: Omit<Prisma.WebProcessModel, 'lastSeen'>, now: () => number) => Promise<void>
  readonly leave: (id: string) => Promise<void>
  readonly countSince: (time: Date) => Promise<number>
  /** Whether a process that was seen since `time` does not serve this promotion yet. */
  readonly isBehind: (promotionId: number, time: Date) => Promise<boolean>
  /** The end of the journal of counts. */
  readonly latestCounts: () => Promise<number>
  readonly lastingCounts: (window: {
    readonly since: Date
    readonly upTo: number
  }) => Promise<readonly Pick<CountRow, 'at' | 'countsJson'>[]>
  /** In their order; a row that is not there yet gets a higher id. */
  readonly countsAfter: (id: number) => Promise<readonly CountRow[]>
  /** Writes them, and forgets those that are older than `until`. */
  readonly writeCounts: (
    source: string,
    written: {
      readonly rows: readonly { readonly countsJson: string; readonly isLasting: boolean }[]
      readonly at: Date
      readonly until: { readonly passing: Date; readonly lasting: Date }
    },
  ) => Promise<void>
}

/** A job that a worker holds. */
export type JobLease = { readonly id: string; readonly worker: string }
export type JobOutcome = Partial<
  Pick<Job, 'state' | 'notBefore' | 'resultJson' | 'errorCode' | 'errorMessage' | 'endedAt'>
>

/** The steps of the job queue. Two workers never hold one job. */
export type QueueStatements = {
  readonly isWaiting: (kinds: readonly string[], at: Date) => Promise<boolean>
  readonly claim: (
    kinds: readonly string[],
    lease: { readonly worker: string; readonly at: Date; readonly until: Date },
  ) => Promise<Job | null>
  /** False: another worker has it, or it has ended; as for the next two. */
  readonly extend: (lease: JobLease, until: Date) => Promise<boolean>
  /** Ends the lease. */
  readonly leave: (lease: JobLease, change: JobOutcome) => Promise<boolean>
  /** Back to the queue; the attempt does not count. */
  readonly release: (lease: JobLease, notBefore: Date) => Promise<boolean>
  readonly add: (job: Job) => Promise<void>
  readonly row: (id: string) => Promise<Job | null>
  readonly latest: (kind: string) => Promise<Job | null>
}

export type ExistingSample = Pick<Sample, 'id' | 'label' | 'uploadId' | 'trashedAt'>
export type SampleDraft = {
  readonly id: string
  readonly classifierId: string
  readonly sample: NewSample
}

export type SampleStatements = {
  /**
   * All of them in one transaction, which ends without effect if `check` refuses the classes that the classifier has.
   * Returns for each the sample that already has its image, which is not changed, or null.
   */
  readonly insert: (
    drafts: readonly SampleDraft[],
    how: {
      readonly files: StagedImages
      readonly check: (classes: readonly string[]) => void
      /** Called in the transaction, which may have waited for a lock: a snapshot that was frozen meanwhile lacks them,
       *  and only what was labelled after it counts as new. */
      readonly now: () => Date
    },
  ) => Promise<readonly (ExistingSample | null)[]>
}

/** Without the card, which is 12 to 23 kB: a dashboard reads the rows of every live version. */
export type VersionRow = Omit<Version, 'cardJson' | 'robustnessJson'>

export const VERSION_COLUMNS = [
  'id',
  'classifierId',
  'number',
  'parent',
  'runId',
  'isShipped',
  'recipe',
  'engine',
  'accuracy',
  'accuracyLow',
  'accuracyHigh',
  'testImages',
  'parameters',
  'sizeBytes',
  'classesJson',
  'preprocessJson',
  'verdictJson',
  'createdAt',
  'promotedAt',
  'trashedAt',
] as const satisfies readonly (keyof VersionRow)[]

export type VersionStatements = {
  /** In the trash too. */
  readonly row: (id: string) => Promise<VersionRow | null>
  readonly withCard: (id: string) => Promise<Version | null>
  readonly numbered: (classifierId: string, number: number) => Promise<VersionRow | null>
  /** The newest first. */
  readonly ofClassifier: (classifierId: string) => Promise<readonly VersionRow[]>
  /** The newest promotion of a classifier. */
  readonly promotion: (classifierId: string) => Promise<Promotion | null>
  /** The newest promotion of each classifier. */
  readonly promotions: () => Promise<readonly Promotion[]>
  /** Oldest first. */
  readonly history: (classifierId: string) => Promise<readonly Promotion[]>
  /** 0: none. Grows with each promotion that others can see. */
  readonly latestPromotion: () => Promise<number>
  readonly faults: () => Promise<readonly VersionFault[]>
}
