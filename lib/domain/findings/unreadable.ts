/** Files of uploads that could not be read as images, and stored images whose file is damaged. */
import { about, type KindOfFinding } from './finding.ts'
import { always } from './open-findings.ts'

export const unreadable: KindOfFinding = {
  kind: 'unreadable',
  remedies: ['add_more'],
  isOpen: always,
  find: (set) =>
    set.unreadable.map(({ filename, reason }) =>
      about({ samples: [], severity: 0.5, detail: `${filename}: ${reason}` }),
    ),
}
