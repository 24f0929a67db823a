/** SQL that runs in a transaction of Prisma, or on Prisma alone: signatures only, like statements.ts. */
import type { Split } from '#lib/domain/classifier.ts'
import type { FindingState } from '#lib/domain/findings/open-findings.ts'
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'
import type { SampleSort } from '#lib/contracts/sample-filters.ts'
import type { Prisma } from './generated/client.ts'
import type { SampleCursor, SampleFilter, SamplePage } from './samples/sample-filter.ts'

export type RawTransaction = Pick<Prisma.TransactionClient, '$executeRaw' | '$queryRaw'>
export type RawReader = Pick<RawTransaction, '$queryRaw'>

type SampleColumns = {
  readonly label: string | null
  readonly split: string | null
  /** A number where the row was read by a statement of SQLite. */
  readonly isSplitGiven: boolean | number
  readonly excludedAt: Date | null
  readonly trashedAt: Date | null
}

export type SampleStep = {
  readonly row: SampleColumns & { readonly id: string }
  readonly after: SampleColumns
}

export type StoredGroupMember = {
  readonly id: string
  readonly hash: string
  readonly groupId: string | null
  readonly split: string | null
  readonly isSplitGiven: boolean | number
}

/** Reads and changes of many rows at once. */
export type BulkStatements = {
  /** Of images that are stored; those that have traits keep them. */
  readonly insertTraits: (
    tx: RawTransaction,
    images: readonly { readonly hash: string; readonly traits: ImageTraits }[],
  ) => Promise<void>
  /** Each of the images that has no group becomes one of its own. */
  readonly groupAlone: (tx: RawTransaction, classifierId: string, hashes: readonly string[]) => Promise<void>
  readonly moveToGroups: (
    tx: RawTransaction,
    moved: readonly (readonly [sampleId: string, groupId: string, split: Split | null])[],
  ) => Promise<void>
  /** The samples with these hashes, and all others of their groups, oldest first. */
  readonly groupMembers: (
    tx: RawReader,
    classifierId: string,
    hashes: readonly string[],
  ) => Promise<readonly StoredGroupMember[]>
  /** Images of these groups that are not of the upload, the newest first. */
  readonly groupImagesOutside: (
    tx: RawReader,
    which: { readonly classifierId: string; readonly uploadId: string },
    groupIds: readonly string[],
  ) => Promise<
    readonly { readonly groupId: string; readonly filename: string | null; readonly hash: string }[]
  >
  /** Of samples that share their group with others, oldest first; excluded ones and the trash are left out. */
  readonly sharedFingerprints: (
    tx: RawReader,
    classifierId: string,
  ) => Promise<readonly { readonly groupId: string; readonly hash: string; readonly bytes: Uint8Array }[]>
  /** Replaces them; images that are not stored are left out. */
  readonly replaceFigures: (tx: RawTransaction, figures: readonly Prisma.ImageFiguresModel[]) => Promise<void>
  /** Images that are not stored are left out. */
  readonly insertSamplePredictions: (
    tx: RawTransaction,
    versionId: string,
    predictions: readonly {
      readonly hash: string
      readonly predicted: string
      readonly confidence: number
    }[],
  ) => Promise<void>
  /** Samples that were deleted meanwhile are left out. */
  readonly insertMapPoints: (
    tx: RawTransaction,
    classifierId: string,
    points: readonly { readonly sampleId: string; readonly x: number; readonly y: number }[],
  ) => Promise<void>
  /** The entries of a change. */
  readonly insertChangeEntries: (
    tx: RawTransaction,
    changeId: string,
    steps: readonly SampleStep[],
  ) => Promise<void>
  /** Gives the samples of a change the state of its entries. */
  readonly applyChangeEntries: (
    tx: RawTransaction,
    change: { readonly changeId: string; readonly trashId: string | null; readonly at: Date },
  ) => Promise<void>
}

/** Permanent deletion of what may be 100,000 images. */
export type DeletionStatements = {
  /** Those of the images that another classifier has as a sample. */
  readonly imagesOfOthers: (
    tx: RawReader,
    classifierId: string,
    hashes: readonly string[],
  ) => Promise<readonly { readonly hash: string; readonly classifierId: string }[]>
  /** Deletes those of the images that neither a sample nor a prediction needs, and returns their hashes. */
  readonly deleteUnusedAmong: (tx: RawTransaction, hashes: readonly string[]) => Promise<readonly string[]>
  readonly forgetFilenames: (
    tx: RawTransaction,
    classifierId: string,
    hashes: readonly string[],
  ) => Promise<void>
  /** Predictions of every classifier lose `images` and their file names; those of this one lose `ofClassifier` too. */
  readonly unlinkImages: (
    tx: RawTransaction,
    classifierId: string,
    which: { readonly images: readonly string[]; readonly ofClassifier: readonly string[] },
  ) => Promise<void>
  /**
   * To be called before these images are deleted. The function that it returns, called afterwards, frees the space of
   * deleted rows, so that their bytes are not in the files of the database. It resolves to false where a reader
   * prevented that.
   */
  readonly purgeAfter: (hashes: readonly string[]) => Promise<() => Promise<boolean>>
}

/** Lists and figures of pages. */
export type ListStatements = {
  /** All that match, oldest first, with what a change needs of them. */
  readonly samplesMatching: (tx: RawReader, filter: SampleFilter) => Promise<readonly MatchingSample[]>
  /** The ids of the samples on a page. */
  readonly sampleIds: (
    reader: RawReader,
    filter: SampleFilter,
    page: SamplePage & { readonly after: SampleCursor | null },
  ) => Promise<readonly string[]>
  readonly countSamples: (reader: RawReader, filter: SampleFilter, sort: SampleSort) => Promise<number>
  /** Of each image only the latest prediction of the version. */
  readonly latestPredictions: (
    reader: RawReader,
    versionId: string,
    hashes: readonly string[],
  ) => Promise<
    readonly { readonly hash: string; readonly predictedClass: string; readonly confidence: number }[]
  >
  /** Milliseconds, of the newest predictions; null: of all classifiers outside the trash. */
  readonly latencies: (
    reader: RawReader,
    classifierId: string | null,
    which: { readonly since: Date; readonly most: number },
  ) => Promise<readonly number[]>
  readonly mapPoints: (reader: RawReader, classifierId: string) => Promise<readonly MapPointRow[]>
  /** Of all findings of a classifier; `uploadId`: of those with a sample of this upload. Sums may be BigInt. */
  readonly findingStates: (
    reader: RawReader,
    which: { readonly classifierId: string; readonly uploadId: string | null },
  ) => Promise<readonly FindingStateRow[]>
}

export type MatchingSample = SampleColumns & {
  readonly id: string
  readonly classifierId: string
  readonly hash: string
  readonly filename: string | null
  readonly trashId: string | null
}

export type MapPointRow = {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly label: string | null
  readonly split: string | null
  /** Of its open findings, separated by commas. */
  readonly kinds: string | null
}

export type FindingStateRow = FindingState & {
  readonly id: string
  readonly kind: string
  readonly severity: number
}
