import { expect, test } from 'vitest'
import {
  changeKind,
  conditionOf,
  differingFields,
  edited,
  isUsable,
  trashedUntil,
  undone,
  type SampleEdit,
  type SampleState,
} from './sample-state.ts'
import { splitOf } from './grouping/splits.ts'

const HASH = 'a'.repeat(64)
const AT = new Date(Date.UTC(2026, 10, 21, 12))
const LATER = new Date(AT.getTime() + 1_000)
const PLAIN: SampleState = {
  label: 'apple',
  split: 'train',
  isSplitGiven: false,
  excludedAt: null,
  trashedAt: null,
}
const TRASHED: SampleState = { ...PLAIN, trashedAt: AT }
const UNLABELLED: SampleState = { ...PLAIN, label: null, split: null }

test.each<[string, SampleState, string, boolean]>([
  ['a labelled sample is used', PLAIN, 'active', true],
  ['an excluded one is not', { ...PLAIN, excludedAt: AT }, 'excluded', false],
  ['one without a label is not', UNLABELLED, 'unlabelled', false],
  ['one in the trash is not, excluded or not', { ...TRASHED, excludedAt: AT }, 'trashed', false],
])('%s', (_story, state, condition, usable) => {
  expect(conditionOf(state)).toBe(condition)
  expect(isUsable(state)).toBe(usable)
})

test.each<[string, SampleState, SampleEdit, SampleState | string]>([
  ['another label', PLAIN, { label: 'lime' }, { ...PLAIN, label: 'lime' }],
  ['the same label changes nothing', PLAIN, { label: 'apple' }, 'same'],
  ['removing a label removes the split', PLAIN, { label: null }, UNLABELLED],
  [
    'a first label sets the split that the content determines',
    UNLABELLED,
    { label: 'lime' },
    { ...PLAIN, label: 'lime', split: splitOf(HASH, null) },
  ],
  [
    'a first label with a split sets that split',
    UNLABELLED,
    { label: 'lime', split: 'test' },
    { ...PLAIN, label: 'lime', split: 'test', isSplitGiven: true },
  ],
  ['the split that it has already is now given', PLAIN, { split: 'train' }, { ...PLAIN, isSplitGiven: true }],
  ['no split without a label', UNLABELLED, { split: 'test' }, 'without a label'],
  ['excluding sets the time', PLAIN, { isExcluded: true }, { ...PLAIN, excludedAt: LATER }],
  ['excluding again keeps the first time', { ...PLAIN, excludedAt: AT }, { isExcluded: true }, 'same'],
  ['into the trash', PLAIN, { isTrashed: true }, { ...PLAIN, trashedAt: LATER }],
  ['into the trash again changes nothing', TRASHED, { isTrashed: true }, 'same'],
  ['out of the trash', TRASHED, { isTrashed: false }, PLAIN],
  [
    'out of the trash with another label',
    TRASHED,
    { isTrashed: false, label: 'lime' },
    { ...PLAIN, label: 'lime' },
  ],
  ['no other label in the trash', TRASHED, { label: 'lime' }, 'in the trash'],
  ['no other split in the trash', TRASHED, { split: 'test' }, 'in the trash'],
])('%s', (_story, state, edit, expected) => {
  const result = edited(state, edit, { hash: HASH, at: LATER })

  if (result.kind === 'changed') expect(result.state).toEqual(expected)
  else expect(result.kind === 'refused' ? result.why : result.kind).toBe(expected)
})

test('undoing a change restores the fields it touched and leaves later changes by others', () => {
  const after = { ...PLAIN, label: 'lime' }

  expect(undone({ ...after, excludedAt: LATER }, { before: PLAIN, after })).toEqual({
    kind: 'undone',
    state: { ...PLAIN, excludedAt: LATER },
  })
  expect(undone({ ...after, label: 'plum' }, { before: PLAIN, after })).toEqual({
    kind: 'changed-since',
    fields: ['label'],
  })
  expect(undone({ ...PLAIN, trashedAt: LATER }, { before: PLAIN, after: TRASHED })).toEqual({
    kind: 'changed-since',
    fields: ['trashedAt'],
  })
})

test('undoing a choice of split makes it automatic again', () => {
  const after = { ...PLAIN, split: 'test', isSplitGiven: true } as const

  expect(undone(after, { before: PLAIN, after })).toEqual({ kind: 'undone', state: PLAIN })
})

test('equal times in two objects are the same state', () => {
  expect(differingFields(TRASHED, { ...PLAIN, trashedAt: new Date(AT) })).toEqual([])
})

test.each<[SampleEdit, string]>([
  [{ label: 'a' }, 'relabel'],
  [{ isExcluded: false }, 'include'],
  [{ isTrashed: true }, 'trash'],
  [{ split: 'test' }, 'split'],
  [{ label: 'a', isExcluded: true }, 'several'],
])('a change is named by its effect: %j', (edit, kind) => expect(changeKind(edit)).toBe(kind))

test('the trash keeps samples for thirty days', () => {
  expect(trashedUntil(AT).toISOString()).toBe('2026-12-21T12:00:00.000Z')
})
