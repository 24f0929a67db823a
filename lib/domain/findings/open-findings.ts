/** Whether a finding still holds after its samples were changed since it was found: excluded, moved to the trash, or
 *  given another label. */
import type { FindingKind } from './finding.ts'

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

export function isOpen(kind: FindingKind, state: FindingState): boolean {
  switch (kind) {
    case 'unreadable':
    case 'shortcut':
    case 'too_few':
    case 'imbalance':
      return true
    case 'label_conflict':
      return state.excluded > 0
    case 'duplicate_other_class':
      return state.labels > 1
    case 'duplicate_in_test':
      return state.tests > 0 && state.usable > state.tests
    case 'exact_duplicate':
    case 'near_duplicate':
      return state.usable > 1
    case 'mislabelled':
      return state.unchanged > 0
    case 'dark':
    case 'light':
    case 'low_information':
    case 'blurry':
    case 'outlier':
    case 'odd_aspect':
    case 'odd_size':
      return state.usable > 0
  }
}
