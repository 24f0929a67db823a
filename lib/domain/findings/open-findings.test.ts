import { expect, test } from 'vitest'
import type { FindingKind } from './finding.ts'
import { isDismissed, type FindingState } from './open-findings.ts'
import { isOpen } from './registry.ts'

const one: FindingState = {
  samples: 1,
  usable: 1,
  unchanged: 1,
  tests: 0,
  labels: 1,
  excluded: 0,
  dismissed: 0,
}
const two: FindingState = {
  samples: 2,
  usable: 2,
  unchanged: 2,
  tests: 1,
  labels: 2,
  excluded: 0,
  dismissed: 0,
}

test.each<[string, FindingKind, FindingState, boolean]>([
  ['a dark image', 'dark', one, true],
  ['a dark image that was excluded', 'dark', { ...one, usable: 0, excluded: 1 }, false],
  ['a dark image with another label', 'dark', { ...one, unchanged: 0 }, true],
  ['a mislabel', 'mislabelled', one, true],
  ['a mislabel that was relabelled', 'mislabelled', { ...one, unchanged: 0 }, false],
  ['a conflict, which is excluded', 'label_conflict', { ...one, usable: 0, excluded: 1 }, true],
  ['a conflict that was decided', 'label_conflict', one, false],
  ['two copies', 'exact_duplicate', two, true],
  ['copies of which one is left', 'near_duplicate', { ...two, usable: 1, excluded: 1 }, false],
  ['copies in two classes', 'duplicate_other_class', two, true],
  ['copies that were given one class', 'duplicate_other_class', { ...two, labels: 1 }, false],
  ['a test image with a copy in training', 'duplicate_in_test', two, true],
  ['a test image whose copy was excluded', 'duplicate_in_test', { ...two, usable: 1 }, false],
  ['two copies, both in the test set', 'duplicate_in_test', { ...two, tests: 2 }, false],
  ['a class with too few images', 'too_few', { ...one, samples: 0, usable: 0 }, true],
])('%s: is it still a finding?', (_story, kind, state, expected) => {
  expect(isOpen(kind, state)).toBe(expected)
})

test('a finding is dismissed when it is for all its usable samples', () => {
  expect(isDismissed({ ...one, dismissed: 1 })).toBe(true)
  expect(isDismissed({ ...two, dismissed: 1 })).toBe(false)
  expect(isDismissed({ ...two, usable: 1, dismissed: 1 })).toBe(true)
  expect(isDismissed({ ...one, usable: 0 })).toBe(false)
})
