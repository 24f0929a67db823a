import { expect, test } from 'vitest'
import { describedChange, type ListedChange } from './change-text.ts'

const BEFORE = {
  label: 'rust',
  split: 'train',
  excluded_at: '2026-01-01T00:00:00.000Z',
  trashed_at: null,
} as const
const to = (after: Partial<NonNullable<ListedChange['first']>['after']>) => ({
  first: { sample_id: '0193', before: BEFORE, after: { ...BEFORE, ...after } },
})

test.each<[string, Pick<ListedChange, 'kind' | 'count' | 'class'> & Partial<Pick<ListedChange, 'first'>>]>([
  ['1 image labelled “mildew”', { kind: 'relabel', count: 1, class: null, ...to({ label: 'mildew' }) }],
  [
    '2 images without a label',
    { kind: 'relabel', count: 2, class: null, ...to({ label: null, split: null }) },
  ],
  ['3 images labelled', { kind: 'relabel', count: 3, class: null, first: null }],
  ['2 images moved to the test set', { kind: 'split', count: 2, class: null, ...to({ split: 'test' }) }],
  [
    '1 image labelled “mildew” and included again',
    { kind: 'several', count: 1, class: null, ...to({ label: 'mildew', excluded_at: null }) },
  ],
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
])('a change is described as: %s', (text, change) =>
  expect(describedChange({ first: null, ...change })).toBe(text),
)
