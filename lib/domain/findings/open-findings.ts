/** What decides whether a finding still holds after its samples were changed since it was found: excluded, moved to the
 *  trash, or given another label. Each kind decides by it (`isOpen`). */

/** The samples of a finding as they are now. */
export type FindingState = {
  readonly samples: number
  /** Neither excluded nor in the trash. */
  readonly usable: number
  /** Of these, with the label that they had when it was found. */
  readonly unchanged: number
  /** Of the usable ones, in the test set. */
  readonly tests: number
  /** Different labels of the usable ones. */
  readonly labels: number
  /** Excluded, and not in the trash. */
  readonly excluded: number
  /** Of the usable ones, for which a user has dismissed it. */
  readonly dismissed: number
}

/** It would be open, but nothing is wrong with any of its samples. */
export const isDismissed = ({ usable, dismissed }: FindingState): boolean =>
  usable > 0 && dismissed === usable

/** Of a kind that is about a class or a file, and not about samples. */
export const always = (): boolean => true

/** Of a kind that holds for each of its samples, whatever its label. */
export const whileUsable = ({ usable }: FindingState): boolean => usable > 0
