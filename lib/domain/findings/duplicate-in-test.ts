/** Test images that are also trained on: the accuracy on them says nothing about new images. */
import { duplicatesOf, groupFinding } from './duplicates.ts'
import type { KindOfFinding } from './finding.ts'

export const duplicateInTest: KindOfFinding = {
  kind: 'duplicate_in_test',
  remedies: ['keep_one'],
  isOpen: ({ tests, usable }) => tests > 0 && usable > tests,
  find: (set) =>
    duplicatesOf(set, 'in_test').map((group) =>
      groupFinding(group, {
        severity: group.isExact ? 1 : 0.75,
        detail:
          `${group.isExact ? 'The same' : 'Nearly the same'} image is in the test set and in what is trained on, ` +
          'so the accuracy on the test set is too high.',
      }),
    ),
}
