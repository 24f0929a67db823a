import { expect, test } from 'vitest'
import type { ChangeAnswer } from '#lib/contracts/sample-changes.ts'
import { describedChange } from './change-text.ts'

test.each<[string, Pick<ChangeAnswer, 'kind' | 'count' | 'class'>]>([
  ['1 image moved to the trash', { kind: 'trash', count: 1, class: null }],
  ['Change of 3 images undone', { kind: 'undo', count: 3, class: null }],
  [
    '“rust” renamed to “leaf rust”',
    { kind: 'rename_class', count: 0, class: { edit: 'renamed', name: 'rust', other: 'leaf rust' } },
  ],
  [
    '“rust” merged into “mildew” with 3 images',
    { kind: 'merge_classes', count: 3, class: { edit: 'removed', name: 'rust', other: 'mildew' } },
  ],
  [
    '“rust” removed',
    { kind: 'remove_class', count: 0, class: { edit: 'removed', name: 'rust', other: null } },
  ],
  [
    '“rust” restored with 2 images',
    { kind: 'undo', count: 2, class: { edit: 'added', name: 'rust', other: 'mildew' } },
  ],
])('a change is described as: %s', (text, change) => expect(describedChange(change)).toBe(text))
