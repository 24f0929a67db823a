/** Images with the same pixels, in one class and one part of the set. */
import { duplicatesOf, groupFinding } from './duplicates.ts'
import type { KindOfFinding } from './finding.ts'

export const exactDuplicate: KindOfFinding = {
  kind: 'exact_duplicate',
  remedies: ['keep_one'],
  isOpen: ({ usable }) => usable > 1,
  find: (set) =>
    duplicatesOf(set, 'exact').map((group) =>
      groupFinding(group, {
        severity: 0.5,
        detail: `${group.samples.length} files show exactly the same image.`,
      }),
    ),
}
