/** The interface of lib/data, part by part: signatures only, without SQL or Prisma types. `openData` in open.ts
 *  implements it. Longer than 300 lines because it is one table of contents; a long interface has its own file of
 *  signatures, such as undo-types.ts. */
import type { Robustness } from '#lib/contracts/bundle.ts'
import type { ComparisonAnswer, VerdictAnswer } from '#lib/contracts/models.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import type { AutoPromote } from '#lib/domain/evaluation/gate.ts'
import type { Job, JobKind, JobPayloads, JobStore } from '#lib/domain/jobs.ts'
import type { Classes } from './classifiers/class-types.ts'
import type { AutoRetrainStore } from './classifiers/auto-retrain.ts'
import type { ClassifierArchives } from './classifiers/archive-types.ts'
import type { Counts, Hosts, WebProcesses } from './processes/process-records.ts'
import type { Blobs } from './images/blobs.ts'
import type { SharedFolders } from './objects/shared-folders.ts'
import type { PhoneLinks } from './administration/phone-links.ts'
import type { PermanentDeletion } from './trash/permanent-deletion.ts'
import type { FeedbackStore, Predictions, Retention } from './predictions/prediction-types.ts'
import type { PredictionJobStore } from './predictions/prediction-job-values.ts'
import type { Notices } from './administration/notices.ts'
import type { Subjects } from './administration/subjects.ts'
import type { FindingStore } from './samples/finding-types.ts'
import type { ImageMapStore } from './samples/image-maps.ts'
import type { LearningCurveStore } from './samples/learning-curves.ts'
import type { Groups } from './samples/group-types.ts'
import type { SamplePredictions } from './samples/sample-predictions.ts'
import type { SampleChanges, Trash } from './samples/undo-types.ts'
import type {
  AddSampleResult,
  Change,
  FileFault,
  Key,
  NewClassifier,
  NewImage,
  NewRun,
  NewSample,
  Original,
  Person,
  Role,
  Run,
  RunChange,
  RunReport,
  Sample,
  Snapshot,
  SnapshotEntry,
  StoredSample,
} from './values.ts'
import type { Upload, UploadFindings, UploadState } from './samples/upload-values.ts'
import type {
  Champion,
  LiveVersion,
  NewVersion,
  Promotion,
  PromotionKind,
  Version,
  VersionFault,
  VersionWithCard,
} from './versions/version-values.ts'

/** `get` throws `not_found` for an unknown id; `find` returns null. Objects in the trash are not found. */
export type Classifiers = {
  readonly list: () => Promise<readonly Classifier[]>
  readonly get: (id: string) => Promise<Classifier>
  readonly find: (id: string) => Promise<Classifier | null>
  /** The named one; else the environment's, else the one chosen in /settings, else the first. `not_found`
   *  where there is none. */
  readonly chosen: (id: string | undefined) => Promise<Classifier>
  readonly create: (draft: NewClassifier) => Promise<Classifier>
  readonly change: (
    id: string,
    change: {
      readonly title?: string | undefined
      readonly isMirrorable?: boolean | undefined
      readonly autoPromote?: AutoPromote | null | undefined
    },
  ) => Promise<void>
  /** For a classifier created for images that never arrived: keeps it if it has any data. */
  readonly removeIfEmpty: (id: string) => Promise<void>
  /** Appends those that are missing. */
  readonly addClasses: (id: string, names: readonly string[]) => Promise<Classifier>
  readonly originalOf: (id: string) => Promise<Original | null>
}

export type StoredImages = {
  readonly keep: (images: readonly NewImage[]) => Promise<void>
  /**
   * Null for an unknown hash. `file_missing` or `file_damaged` if the stored bytes are missing or changed;
   * the fault is recorded.
   */
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  /** The same in pieces, for an image that is stored as a file; null for others. */
  readonly piecesOf: (
    hash: string,
  ) => Promise<{ readonly sizeBytes: number; readonly bytes: AsyncIterable<Uint8Array> } | null>
  /** For a process that found a fault and cannot write. */
  readonly noteFault: (hash: string, code: FileFault['code']) => Promise<void>
  /** Stored images that cannot be used, the newest findings first. */
  readonly faults: () => Promise<{ readonly count: number; readonly newest: readonly FileFault[] }>
  /** Forgets those whose file is whole again. */
  readonly recheckFaults: () => Promise<void>
  /** Removes files of deleted images that could not be removed with them; throws where it still fails. */
  readonly removePendingFiles: () => Promise<void>
  /** Where hosts share an object store: removes copies on this host of images that another one deleted. */
  readonly sweepCopies: () => Promise<void>
  readonly find: (hash: string) => Promise<{
    readonly hash: string
    readonly width: number
    readonly height: number
    readonly sizeBytes: number
    readonly mediaType: string
  } | null>
}

export type Samples = {
  /** Adds images and samples in one transaction; in another, it restores samples from the trash that are added
   *  again. At most 500 per call; the results are in the same order. */
  readonly add: (classifierId: string, samples: readonly NewSample[]) => Promise<readonly AddSampleResult[]>
  /** In whatever state. */
  readonly get: (id: string) => Promise<StoredSample>
  /** All of a classifier that may be trained on, oldest first: labelled, not excluded, not in the trash, not
   *  of an upload that is still running. */
  readonly all: (classifierId: string) => Promise<readonly Sample[]>
  /** Samples labelled since the live version's training data was frozen; how many of them are corrections. */
  readonly countUnseen: (
    classifierId: string,
  ) => Promise<{ readonly all: number; readonly corrections: number }>
  /** The same ones themselves. */
  readonly unseen: (classifierId: string) => Promise<readonly Sample[]>
}

export type Uploads = {
  /** Whether the classifier never had an upload, apart from failed ones. */
  readonly hasNone: (classifierId: string) => Promise<boolean>
  /** @param phoneLinkId of the phone that sends it */
  readonly begin: (classifierId: string, phoneLinkId?: string) => Promise<Upload>
  readonly change: (
    id: string,
    change: Partial<UploadFindings> & { readonly state?: UploadState; readonly error?: string | null },
  ) => Promise<Upload>
  readonly get: (id: string) => Promise<Upload>
  /** The process that works on it looks for this. */
  readonly requestCancel: (id: string) => Promise<void>
  readonly isCancelRequested: (id: string) => Promise<boolean>
  /** The ids of uploads that began before this one and are still running. */
  readonly runningBefore: (id: string) => Promise<readonly string[]>
  /** For a failed upload: permanently removes what it added, and returns to the trash what it restored. */
  readonly discard: (id: string) => Promise<void>
  /**
   * Marks uploads as failed whose process died, and removes their samples. `lives` is called with the
   * process id of each.
   */
  readonly sweepUnfinished: (lives: (pid: number) => boolean) => Promise<number>
  /** Those of web processes that have been silent for long, wherever these ran. Answers how many there were. */
  readonly sweepAbandoned: () => Promise<number>
}

export type Snapshots = {
  readonly freeze: (classifierId: string, entries: readonly SnapshotEntry[]) => Promise<Snapshot>
  readonly get: (id: string) => Promise<Snapshot>
  readonly entriesOf: (id: string) => Promise<readonly SnapshotEntry[]>
  /**
   * Counts one more use of this list of test images; returns how often it has been used, including this
   * time.
   */
  readonly openTest: (testHashes: readonly string[]) => Promise<number>
}

export type Runs = {
  /** Snapshot, run and its `train` job in one transaction. `already_running` (with the run) where one is
   *  queued, running or judging. */
  readonly plan: (draft: NewRun) => Promise<Run>
  readonly get: (id: string) => Promise<Run>
  /** The one that is queued, running or judging; of this classifier, or of any. */
  readonly active: (classifierId?: string) => Promise<Run | null>
  /** Writes the change, and an event with the whole state. */
  readonly change: (id: string, change: RunChange) => Promise<Run>
  /** Writes an event, and what of it belongs to the run's own state. */
  readonly report: (id: string, report: RunReport) => Promise<void>
  /**
   * A new `train` job that continues from the checkpoint; the run is queued again. `conflict` if it cannot
   * be resumed.
   */
  readonly resume: (id: string) => Promise<Run>
}

export type VersionStore = {
  readonly get: (id: string) => Promise<VersionWithCard>
  /** By its name, `v7`. */
  readonly find: (classifierId: string, name: string) => Promise<Version | null>
  readonly list: (classifierId: string) => Promise<readonly Version[]>
  /** The number that the next version will have. */
  readonly nextNumber: (classifierId: string) => Promise<number>
  /** Where a version's bundle belongs: DATA_DIR/models/<classifier>/v<number>. */
  readonly folderFor: (classifierId: string, number: number) => string
  /** Reads and verifies the sealed bundle in `folderFor(…)` and makes it a version. */
  readonly register: (version: NewVersion) => Promise<VersionWithCard>
  /**
   * The version, if the contents of its folder match its row: a cheap check without checksums. `bad_bundle`
   * names the defect.
   */
  readonly check: (id: string) => Promise<VersionWithCard>
  /** The same with all files against their checksums. */
  readonly verify: (id: string) => Promise<VersionWithCard>
  /** Changes when any file of the version does: sizes and times, not contents. */
  readonly fingerprint: (folder: string) => Promise<string>
  readonly saveVerdict: (id: string, verdict: VerdictAnswer) => Promise<void>
  /** Of a version whose card has none; its bundle stays as it was sealed. */
  readonly saveRobustness: (id: string, robustness: Robustness) => Promise<void>
  readonly saveComparison: (
    championId: string,
    challengerId: string,
    comparison: ComparisonAnswer,
  ) => Promise<void>
  readonly findComparison: (championId: string, challengerId: string) => Promise<ComparisonAnswer | null>
}

export type Promotions = {
  readonly champion: (classifierId: string) => Promise<Champion | null>
  /** Of all classifiers that have one: what a web process looks at each second. */
  readonly champions: () => Promise<readonly Champion[]>
  /** The newest promotion's id, 0 if there is none: a cheap query. */
  readonly latest: () => Promise<number>
  readonly promote: (draft: {
    readonly versionId: string
    readonly by: string
    readonly reason: string | null
    readonly kind?: PromotionKind
  }) => Promise<Champion>
  /** The live version before this one that is not in the trash; null if there is none. */
  readonly rollbackTarget: (classifierId: string) => Promise<Version | null>
  /** `conflict` where there is nothing to roll back to. */
  readonly rollback: (classifierId: string, by: string) => Promise<Champion>
  readonly history: (classifierId: string) => Promise<readonly Promotion[]>
}

/** Which version serves predictions, in the light of what could not be loaded. */
export type LiveVersions = {
  /** Null where no version was promoted. */
  readonly of: (classifierId: string) => Promise<LiveVersion | null>
  /** Of all classifiers that have a promoted version. */
  readonly all: () => Promise<readonly LiveVersion[]>
  readonly faults: () => Promise<readonly VersionFault[]>
  /** Holds in this process even where the row cannot be written. */
  readonly reportFault: (versionId: string, reason: string) => Promise<void>
  readonly clearFault: (versionId: string) => Promise<void>
}

export type TimedJob = Job & { readonly createdAt: Date; readonly endedAt: Date | null }

/** The queue, for workers and for those who add, cancel and read jobs. Times are milliseconds since 1970. */
export type Jobs = JobStore & {
  readonly enqueue: <K extends JobKind>(kind: K, payload: JobPayloads[K], now: number) => Promise<string>
  /** A queued job is cancelled at once; a running one is requested to stop. */
  readonly requestCancel: (id: string, now: number) => Promise<'cancelled' | 'requested' | 'over'>
  readonly get: (id: string) => Promise<Job>
  readonly latest: (kind: JobKind) => Promise<TimedJob | null>
  /** Newest first. */
  readonly recent: (kind: JobKind, most: number) => Promise<readonly TimedJob[]>
  /** `not_found` where there is none of this kind. */
  readonly getTimed: (kind: JobKind, id: string) => Promise<TimedJob>
}

export type People = {
  readonly count: (role?: Role) => Promise<number>
  /** Oldest first. */
  readonly list: () => Promise<readonly Person[]>
  readonly find: (id: string) => Promise<Person | null>
  /** The person, unless they were deactivated or the session was ended. */
  readonly findInSession: (
    id: string,
    session: { readonly id: string; readonly began: Date },
  ) => Promise<Person | null>
  readonly findByEmail: (email: string) => Promise<Person | null>
  readonly findByOidcSubject: (subject: string) => Promise<Person | null>
  readonly create: (
    person: Pick<Person, 'name' | 'email' | 'role' | 'passwordHash'>,
    oidcSubject?: string,
  ) => Promise<Person>
  /** A new password or a deactivation ends all sessions. `conflict` if no admin would remain. */
  readonly change: (
    id: string,
    change: Partial<Pick<Person, 'name' | 'role' | 'passwordHash' | 'isDisabled'>>,
  ) => Promise<Person>
  /** Ends all other sessions, and reset links. */
  readonly setPassword: (id: string, passwordHash: string, exceptSession: string | null) => Promise<void>
  readonly endAllSessions: (id: string) => Promise<void>
  readonly link: (id: string, oidcSubject: string) => Promise<void>
  /** Replaces an earlier one of the person. `conflict` for a deactivated person. */
  readonly keepResetToken: (token: {
    readonly personId: string
    readonly sha256: string
    readonly expiresAt: Date
  }) => Promise<Person>
  /** null: unknown, used, replaced or expired. */
  readonly findByResetToken: (sha256: string) => Promise<Person | null>
  /** The new password, the end of the token and of all sessions, in one transaction. */
  readonly useResetToken: (sha256: string, passwordHash: string) => Promise<Person | null>
  /** `conflict` for the last admin who may log in. */
  readonly remove: (id: string) => Promise<void>
  /** `until`: when its cookie ends by itself, and the row may go. */
  readonly endSession: (sessionId: string, until: Date) => Promise<void>
  /** Replaces the tokens for the first admin; only the sha256 is stored. */
  readonly keepSetupToken: (sha256: string) => Promise<void>
  readonly isSetupToken: (sha256: string) => Promise<boolean>
  /** The first admin and the end of the token, in one transaction. `forbidden` for a wrong token, `conflict`
   *  where there is an admin. */
  readonly createFirstAdmin: (
    tokenSha256: string,
    person: Pick<Person, 'name' | 'email' | 'passwordHash'>,
  ) => Promise<Person>
}

export type Keys = {
  /** Newest first. */
  readonly list: () => Promise<readonly Key[]>
  readonly findByHash: (sha256: string) => Promise<Key | null>
  readonly create: (
    draft: Pick<Key, 'name' | 'beginsWith' | 'scopes' | 'expiresAt' | 'classifierId'> & {
      readonly sha256: string
      readonly createdById: string | null
    },
  ) => Promise<Key>
  readonly used: (id: string) => Promise<void>
  readonly revoke: (id: string) => Promise<void>
}

/** Settings changed while the product runs, as texts. */
export type StoredSettings = {
  readonly get: (name: string) => Promise<string | null>
  /** null: forget it. */
  readonly keep: (values: Readonly<Record<string, string | null>>) => Promise<void>
  /** Unless there is one already; answers the stored one. */
  readonly keepFirst: (name: string, value: string) => Promise<string>
}

export type ChangeFilter = {
  readonly kind?: 'all' | 'changes' | 'logins'
  /** An id or a name. */
  readonly by?: string | undefined
  readonly action?: string | undefined
  readonly classifier?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

export type Changes = {
  readonly add: (
    change: Pick<Change, 'by' | 'action' | 'subject'> &
      Partial<Pick<Change, 'byId' | 'subjectId' | 'classifier' | 'detail'>>,
  ) => Promise<void>
  /** Newest first. */
  readonly list: (
    page: ChangeFilter & { readonly cursor?: string | undefined; readonly limit: number },
  ) => Promise<{ readonly changes: readonly Change[]; readonly next: string | null }>
  /** All of them, newest first, some at a time. */
  readonly pages: (filter: ChangeFilter) => AsyncIterable<readonly Change[]>
  /** Who and what is recorded, each once. */
  readonly names: () => Promise<{ readonly by: readonly string[]; readonly actions: readonly string[] }>
}

export type Data = {
  readonly archives: ClassifierArchives
  readonly classifiers: Classifiers
  readonly classes: Classes
  readonly autoRetrain: AutoRetrainStore
  readonly images: StoredImages
  readonly blobs: Blobs
  readonly folders: SharedFolders
  readonly samples: Samples
  readonly groups: Groups
  readonly findings: FindingStore
  readonly learningCurves: LearningCurveStore
  readonly imageMaps: ImageMapStore
  readonly uploads: Uploads
  readonly sampleChanges: SampleChanges
  readonly samplePredictions: SamplePredictions
  readonly trash: Trash
  readonly erasing: PermanentDeletion
  readonly snapshots: Snapshots
  readonly runs: Runs
  readonly versions: VersionStore
  readonly promotions: Promotions
  readonly live: LiveVersions
  readonly webProcesses: WebProcesses
  readonly hosts: Hosts
  readonly predictions: Predictions
  readonly predictionJobs: PredictionJobStore
  readonly retention: Retention
  readonly jobs: Jobs
  readonly people: People
  readonly keys: Keys
  readonly phoneLinks: PhoneLinks
  readonly storedSettings: StoredSettings
  readonly changes: Changes
  readonly counts: Counts
  readonly feedback: FeedbackStore
  readonly notices: Notices
  readonly subjects: Subjects
  /** What opening it did: migrations that were applied, and where the database of before lies; null where it
   *  was new or up to date. */
  readonly migrated: { readonly applied: readonly string[]; readonly copy: string | null }
  /** Makes rows of models/<classifier>/classifier.json and its versions. Names what it had to leave out, and
   *  why. */
  readonly syncShipped: () => Promise<{
    readonly versions: number
    readonly refused: readonly { readonly folder: string; readonly reason: string }[]
  }>
  /** A new id: UUIDv7, growing within a process. */
  readonly id: () => string
  /** Answers when the database does. */
  readonly ping: () => Promise<void>
  /** Copies the write-ahead log into the database file. Writers wait only when the log is long and starts again. */
  readonly checkpoint: () => void
  /**
   * The state of writing in this process: whether another program's lock or a full disk prevents it, and
   * how many writes wait. Reads no file.
   */
  readonly writingState: () => {
    readonly lockedForMs: number | null
    readonly diskFullMsAgo: number | null
    readonly waiting: number
  }
  readonly close: () => Promise<void>
}
