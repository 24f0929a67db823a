import { expect, test } from 'vitest'
import { auroc, familiarUpTo } from './familiarity.ts'

test('95 of a hundred validation images are familiar', () => {
  const distances = Array.from({ length: 100 }, (_, i) => (i + 1) / 100).reverse()

  const limit = familiarUpTo(distances)!

  expect(limit).toBe(0.95)
  expect(distances.filter((distance) => distance > limit)).toHaveLength(5)
})

test('of 110 at most five are called unfamiliar: the number is rounded down', () => {
  const distances = Array.from({ length: 110 }, (_, i) => i + 1)

  expect(familiarUpTo(distances)).toBe(105) // 104.5 and more
})

test('with fewer than a hundred validation images no image is called unfamiliar', () => {
  expect(familiarUpTo(new Float64Array(99))).toBeNull()
})

test('the area under the curve is the share of pairs in which the foreign one is further, counted by hand', () => {
  const familiar = [0.1, 0.4, 0.35, 0.8]
  const foreign = [0.4, 0.9, 0.2]
  // of twelve pairs: 0.4 is further than 0.1 and 0.35 and equals 0.4 (2.5), 0.9 than all (4), 0.2 than 0.1 (1)
  expect(auroc(familiar, foreign)).toBeCloseTo(7.5 / 12, 12)
  expect(auroc([1, 1, 1], [1, 1])).toBe(0.5)
  expect(auroc([], foreign)).toBeNull()
  expect(auroc(familiar, [])).toBeNull()
})
