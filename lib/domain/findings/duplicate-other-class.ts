/** The same image in several classes: at most one of the labels is correct. */
import { duplicatesOf, groupFinding } from './duplicates.ts'
import type { KindOfFinding } from './finding.ts'

export const duplicateOtherClass: KindOfFinding = {
  kind: 'duplicate_other_class',
  remedies: ['relabel', 'exclude', 'dismiss'],
  isOpen: ({ labels }) => labels > 1,
  find: (set) =>
    duplicatesOf(set, 'other_class').map((group) => {
      const labels = [...new Set(group.samples.flatMap(({ label }) => label ?? []))]
      const sameness = group.isExact ? 'The same' : 'Nearly the same'
      return groupFinding(group, {
        severity: group.isExact ? 1 : 0.75,
        detail: `${sameness} image is in ${labels.map((label) => `“${label}”`).join(' and ')}.`,
      })
    }),
}
