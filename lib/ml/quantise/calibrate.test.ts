import { expect, test } from 'vitest'
import { rangeOf, spread } from './calibrate.ts'

test('the range contains the numbers of 99 % of the images at each end', () => {
  const lows = Array.from({ length: 200 }, (_, i) => -i) // −199 … 0
  const highs = Array.from({ length: 200 }, (_, i) => i) // 0 … 199

  expect(rangeOf(lows, highs)).toEqual([-197, 197]) // 198 of 200 are within
})

test('one image gives its own range', () => {
  expect(rangeOf([-1], [3])).toEqual([-1, 3])
})

test('a network that gives something else than numbers cannot be calibrated', () => {
  expect(() => rangeOf([0], [NaN])).toThrow(/not numbers/)
  expect(() => rangeOf([], [])).toThrow(/not numbers/)
})

test('the images are spread over the set', () => {
  expect(spread(10, 4)).toEqual([0, 2, 5, 7])
  expect(spread(3, 512)).toEqual([0, 1, 2])
})
