/** The interface of lib/data for a whole classifier, out of this database and into another: signatures only. */
import type { ArchivedSample, ClassifierArchive } from '#lib/contracts/classifier-archive.ts'
import type { SnapshotContent, SnapshotEntry } from '../values.ts'
import type { ProvenBundle } from '../versions/bundles.ts'

export type ArchiveContent = Omit<
  ClassifierArchive,
  'format' | 'darkroom' | 'exported_at' | 'samples' | 'missing'
>

export type NewArchive = {
  readonly id: string
  readonly content: ArchiveContent
  readonly samples: readonly ArchivedSample[]
  /** By hash. */
  readonly snapshots: ReadonlyMap<string, SnapshotContent>
  /** By number, verified. */
  readonly bundles: ReadonlyMap<number, ProvenBundle>
}

export type ClassifierArchives = {
  /** All but samples, images and bundles. Versions in the trash are left out. */
  readonly read: (id: string) => Promise<ArchiveContent>
  /** Of a snapshot of the classifier. */
  readonly snapshotEntries: (id: string, hash: string) => Promise<readonly SnapshotEntry[]>
  /** Without those in the trash, oldest first, some at a time. */
  readonly samples: (id: string) => AsyncIterable<readonly ArchivedSample[]>
  /** `conflict` where a classifier has this id, also in the trash. */
  readonly requireFree: (id: string) => Promise<void>
  /** All rows in one transaction; the images are stored already. `placeFiles` is called in it, when the id is certainly
   *  that of this classifier; where it fails, no row is written. */
  readonly add: (archive: NewArchive, placeFiles: () => Promise<void>) => Promise<void>
  /** Removes those of the images that nothing uses. */
  readonly discardImages: (hashes: readonly string[]) => Promise<void>
}
