/** Signatures of what changes the classes of a classifier. Types only; classes.ts implements them. */

export type Classes = {
  /** Appends a class. `conflict` if there is one of this name. */
  readonly add: (classifierId: string, name: string) => Promise<void>
  /** Renames the class of all its images, including those in the trash and in the log of changes. Versions and
   *  snapshots are read with the new name. `conflict` if the other class exists, or a run or upload is in progress. */
  readonly rename: (
    classifierId: string,
    names: { readonly from: string; readonly to: string },
  ) => Promise<void>
  /** Removes a class without images; returns false if it has images outside the trash. */
  readonly remove: (classifierId: string, name: string) => Promise<boolean>
  /** `conflict` while a training run or an upload is in progress, which have the class names of their start. */
  readonly refuseWhileBusy: (classifierId: string, what: string) => Promise<void>
  /** The newest rename of any classifier, 0 if there is none: a cheap query. */
  readonly latestRename: () => number
}
