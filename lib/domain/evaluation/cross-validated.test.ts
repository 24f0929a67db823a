import { expect, test } from 'vitest'
import {
  balancedAccuracy,
  crossValidatedAccuracy,
  crossValidatedGain,
  isImbalanced,
  lostByFolds,
} from './cross-validated.ts'
import { pairedGain, wilson } from './statistics.ts'

test('a cross-validated accuracy has an interval up to 1.3 times as wide as independent answers', () => {
  for (const [right, images] of [
    [5, 10],
    [40, 60],
    [95, 100],
    [1_500, 2_000],
    [180, 180],
    [179, 180],
  ] as const) {
    const [own, plain] = [crossValidatedAccuracy(right, images), wilson(right, images)]
    const ratio = (own.high - own.low) / (plain.high - plain.low)
    expect(own.value).toBe(right / images)
    expect(ratio).toBeGreaterThan(1.05)
    expect(ratio).toBeLessThanOrEqual(1.3)
  }
})

test('all right and all wrong keep the ends of the interval', () => {
  expect(crossValidatedAccuracy(20, 20).high).toBe(1)
  expect(crossValidatedAccuracy(0, 20).low).toBe(0)
  expect(crossValidatedAccuracy(0, 0)).toEqual({ value: 0, low: 0, high: 1 })
})

test('eighty-five of one class and eight of another count alike', () => {
  const perClass = [
    { right: 80, images: 85 },
    { right: 3, images: 8 },
    { right: 0, images: 0 },
  ]

  const { value, low, high } = balancedAccuracy(perClass)

  expect(value).toBeCloseTo((80 / 85 + 3 / 8) / 2, 10)
  expect(low).toBeLessThan(0.55)
  expect(high).toBeGreaterThan(0.76)
  expect(isImbalanced(perClass)).toBe(true)
  expect(isImbalanced([{ images: 30 }, { images: 11 }])).toBe(false)
})

test('the correction of Nadeau and Bengio: five folds count for 2.25 times fewer images', () => {
  const pairs = { bothRight: 800, onlyChampionRight: 40, onlyChallengerRight: 60, bothWrong: 100 }

  const [own, plain] = [crossValidatedGain(pairs, 5), pairedGain(pairs)]

  expect(lostByFolds(5)).toBe(2.25)
  expect(own.value).toBe(plain.value)
  expect((own.high - own.low) / (plain.high - plain.low)).toBeCloseTo(1.5, 1)
})

test('without images nothing is known of the balanced accuracy', () => {
  expect(balancedAccuracy([{ right: 0, images: 0 }])).toEqual({ value: 0, low: 0, high: 1 })
})

test('the balanced accuracy of one class is its accuracy, of two alike its interval is narrower by √2', () => {
  const one = { right: 30, images: 40 }
  const own = crossValidatedAccuracy(30, 40)
  const [alone, both] = [balancedAccuracy([one]), balancedAccuracy([one, one])]

  expect(alone.low).toBeCloseTo(own.low, 12)
  expect(alone.high).toBeCloseTo(own.high, 12)
  expect(both.value - both.low).toBeCloseTo((own.value - own.low) / Math.SQRT2, 12)
  expect(both.high - both.value).toBeCloseTo((own.high - own.value) / Math.SQRT2, 12)
})

test('classes are imbalanced from a ratio of three on, those with one image included, empty ones not', () => {
  expect(isImbalanced([{ images: 30 }, { images: 10 }])).toBe(true)
  expect(isImbalanced([{ images: 3 }, { images: 1 }])).toBe(true)
  expect(isImbalanced([{ images: 10 }, { images: 0 }])).toBe(false)
})

test('one fold loses nothing, two folds count for three times fewer images', () => {
  expect([1, 2].map(lostByFolds)).toEqual([1, 3])
})

test('a class of one image counts as much as the others', () => {
  const perClass = [
    { right: 1, images: 1 },
    { right: 2, images: 4 },
  ]

  expect(balancedAccuracy(perClass).value).toBe(0.75)
})

test('a single class is not imbalanced, and neither are none', () => {
  expect(isImbalanced([{ images: 5 }])).toBe(false)
  expect(isImbalanced([])).toBe(false)
})
