import { expect, test } from 'vitest'
import {
  decide,
  fewestForThreshold,
  type HowSure,
  type ReliabilityThresholds,
  type Sureness,
} from './decision.ts'

const sureFrom = (threshold: number | null, images = 1_000): Sureness => ({
  threshold,
  targetError: 0.02,
  images,
})
const promising = (change: Partial<ReliabilityThresholds>): ReliabilityThresholds => ({
  sureness: null,
  candidateMass: null,
  familiarUpTo: null,
  ...change,
})
const blank = { chance: () => 0.5, distance: null, problem: 'blank' } as const
const near = { chance: () => 0.5, distance: null, problem: null }

test.each<[string, number[], Sureness | null, HowSure]>([
  [
    'a prediction above the threshold is confident and has one candidate',
    [0.03, 0.95, 0.02],
    sureFrom(0.9),
    { decision: 'confident', candidates: [1] },
  ],
  [
    'an answer at the threshold is confident',
    [0.9, 0.1],
    sureFrom(0.9),
    { decision: 'confident', candidates: [0] },
  ],
  [
    'below it, where no mass was measured, the fewest classes that hold 95 % are the candidates',
    [0.5, 0.04, 0.46],
    sureFrom(0.9),
    { decision: 'uncertain', candidates: [0, 2] },
  ],
  [
    'one class may be the only candidate of an unsure answer',
    [0.96, 0.04],
    sureFrom(0.99),
    { decision: 'uncertain', candidates: [0] },
  ],
  [
    'a class with exactly 95 % is enough alone',
    [0.95, 0.05],
    sureFrom(0.99),
    { decision: 'uncertain', candidates: [0] },
  ],
  [
    'where no confidence suffices, nothing is confident',
    [1, 0],
    sureFrom(null),
    { decision: 'uncertain', candidates: [0] },
  ],
  [
    'a version that was never calibrated makes no decision',
    [1, 0],
    null,
    { decision: null, candidates: null },
  ],
  [
    'nor does one that was measured on too few images to promise anything',
    [1, 0],
    sureFrom(null, 148),
    { decision: null, candidates: null },
  ],
  [
    'with one image more it could have promised, and did not',
    [1, 0],
    sureFrom(null, 149),
    { decision: 'uncertain', candidates: [0] },
  ],
])('%s', (_story, probabilities, sureness, decided) =>
  expect(decide(probabilities, promising({ sureness }), near)).toEqual(decided),
)

test('there is always a candidate, even when rounding leaves less than their mass', () => {
  expect(decide([0.47, 0.47], promising({ sureness: sureFrom(null) }), near).candidates).toEqual([0, 1])
})

test('an uncertain prediction has the candidates that the measured mass and its own random draw give', () => {
  const thresholds = promising({ sureness: sureFrom(0.9), candidateMass: 0.7 })

  // 0.05, 0.53, 0.82
  expect(
    decide([0.5, 0.3, 0.2], thresholds, { chance: () => 0.1, distance: null, problem: null }).candidates,
  ).toEqual([0, 1])
  expect(
    decide([0.5, 0.3, 0.2], thresholds, { chance: () => 0.9, distance: null, problem: null }).candidates,
  ).toEqual([0]) // 0.45, 0.77
})

test('images too few to measure reliability may still suffice for candidates', () => {
  expect(decide([0.6, 0.4], promising({ sureness: sureFrom(null, 120), candidateMass: 0.95 }), near)).toEqual(
    { decision: null, candidates: [0, 1] },
  )
})

test('an image further away than all training images is unfamiliar, however confident the network is', () => {
  const thresholds = promising({ sureness: sureFrom(0.9), familiarUpTo: 0.4 })

  expect(decide([0.99, 0.01], thresholds, { ...near, distance: 0.41, problem: null }).decision).toBe(
    'unfamiliar',
  )
  expect(decide([0.5, 0.5], thresholds, { ...near, distance: 0.41, problem: null }).decision).toBe(
    'unfamiliar',
  )
  expect(decide([0.99, 0.01], thresholds, { ...near, distance: 0.4, problem: null }).decision).toBe(
    'confident',
  )
})

test('a version without measured distances never reports an image as unfamiliar', () => {
  expect(
    decide([0.99, 0.01], promising({ sureness: sureFrom(0.9) }), { ...near, distance: 9, problem: null })
      .decision,
  ).toBe('confident')
  expect(decide([0.99, 0.01], promising({ sureness: sureFrom(0.9), familiarUpTo: 0.4 }), near).decision).toBe(
    'confident',
  )
})

test('a target of two errors in a hundred needs 149 correct images, by the exact bound', () => {
  expect(fewestForThreshold(0.02)).toBe(149)
  expect(1 - 0.05 ** (1 / 149)).toBeLessThanOrEqual(0.02)
  expect(1 - 0.05 ** (1 / 148)).toBeGreaterThan(0.02)
})

test('an image with a problem is unfamiliar, whatever the probabilities and the calibration', () => {
  expect(decide([0.999, 0.001], promising({ sureness: sureFrom(0.9) }), blank).decision).toBe('unfamiliar')
  expect(decide([0.999, 0.001], promising({}), blank).decision).toBe('unfamiliar')
  expect(decide([0.999, 0.001], promising({ sureness: sureFrom(0.9) }), near).decision).toBe('confident')
})
