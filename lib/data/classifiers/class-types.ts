/** Signatures of what changes the classes of a classifier. Types only; classes.ts implements them. */
import type { TrashRecord } from '../samples/undo-types.ts'

/** The change in the log, by which it can be undone, and how many images of the class there are. */
export type ClassOutcome = { readonly changeId: string; readonly images: number }

export type Classes = {
  /** Appends a class. `conflict` if there is one of this name. */
  readonly add: (classifierId: string, name: string) => Promise<void>
  /** Renames the class of all its images, including those in the trash and in the log of changes. Versions and
   *  snapshots are read with the new name. `conflict` if the other class exists, or a run or upload is in progress. */
  readonly rename: (
    classifierId: string,
    names: { readonly from: string; readonly to: string; readonly by: string },
  ) => Promise<ClassOutcome>
  /** Gives the images of a class to the class `into`, or moves them to the trash, and removes the class. `conflict`
   *  while a training run or an upload is in progress, which have the class names of their start. */
  readonly remove: (
    classifierId: string,
    change: { readonly name: string; readonly into: string | null; readonly by: string },
  ) => Promise<ClassOutcome & { readonly trash: TrashRecord | null }>
  /** The newest rename of any classifier, 0 if there is none: a cheap query. */
  readonly latestRename: () => Promise<number>
}
