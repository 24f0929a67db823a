/** Copies of one photograph that were cropped, made lighter or compressed again, in one class and one part of the set
 *  (lib/domain/grouping/near-copies.ts). They add little, and never straddle training and validation. */
import { duplicatesOf, groupFinding } from './duplicates.ts'
import type { KindOfFinding } from './finding.ts'

export const nearDuplicate: KindOfFinding = {
  kind: 'near_duplicate',
  remedies: ['keep_one', 'dismiss'],
  isOpen: ({ usable }) => usable > 1,
  find: (set) =>
    set.nearCopies &&
    duplicatesOf(set, 'near').map((group) =>
      groupFinding(group, {
        severity: 0.25,
        detail: `${group.samples.length} images are nearly the same.`,
      }),
    ),
}
