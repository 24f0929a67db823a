/** The interface of lib/data for groups of near-copies and bursts: signatures only. */
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'

export type ComparableImage = {
  readonly hash: string
  /** It has no group: it was not compared with the others. */
  readonly isNew: boolean
  readonly traits: ImageTraits
}

export type FoundLinks = {
  /** Hashes of the images that were compared with all others. */
  readonly compared: readonly string[]
  /** Pairs of hashes that belong together. */
  readonly links: readonly (readonly [string, string])[]
}

export type UploadGroup = {
  readonly sampleId: string
  readonly filename: string | null
  readonly groupId: string
  /** The oldest image of the group that the upload did not add, by its file name; null where there is none. */
  readonly earlier: string | null
}

export type Groups = {
  /** Once for each image; it is deleted with the image. Images that are not stored are left out. */
  readonly keepTraits: (
    images: readonly { readonly hash: string; readonly traits: ImageTraits }[],
  ) => Promise<void>
  /** These samples are each a group of its own, and are not compared. */
  readonly setAlone: (classifierId: string, hashes: readonly string[]) => Promise<void>
  /** `pending`: without a group. In whatever state the samples are. */
  readonly progressOf: (
    classifierId: string,
  ) => Promise<{ readonly images: number; readonly pending: number }>
  /** Classifiers with samples that have no group, those of running uploads apart; digits have none. */
  readonly pendingClassifiers: () => Promise<readonly string[]>
  /** Hashes of samples whose image has no fingerprint, some at a time, except for those of `setAlone`. Imported samples
   *  have a group, and no fingerprint. */
  readonly withoutTraits: (classifierId: string) => AsyncIterable<readonly string[]>
  /** All images that have a fingerprint, oldest first, some at a time. */
  readonly pages: (classifierId: string) => AsyncIterable<readonly ComparableImage[]>
  /** Gives each compared sample a group, and joins groups that are linked. */
  readonly save: (classifierId: string, found: FoundLinks) => Promise<void>
  readonly ofUpload: (uploadId: string) => Promise<readonly UploadGroup[]>
}
