import { expect, test } from 'vitest'
import { decide, fewestToPromise, type HowSure, type Promises, type Sureness } from './decision.ts'

const sureFrom = (threshold: number | null, images = 1_000): Sureness => ({
  threshold,
  targetError: 0.02,
  images,
})
const promising = (change: Partial<Promises>): Promises => ({
  sureness: null,
  candidateMass: null,
  familiarUpTo: null,
  ...change,
})
const near = { chance: () => 0.5, distance: null }

test.each<[string, number[], Sureness | null, HowSure]>([
  [
    'an answer above the threshold is confident and stands alone',
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
    'where no confidence suffices, nothing is confident',
    [1, 0],
    sureFrom(null),
    { decision: 'uncertain', candidates: [0] },
  ],
  ['a version that was never calibrated decides nothing', [1, 0], null, { decision: null, candidates: null }],
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

test('candidates are never none, even where rounding leaves less than their mass', () => {
  expect(decide([0.47, 0.47], promising({ sureness: sureFrom(null) }), near).candidates).toEqual([0, 1])
})

test('an unsure answer has the candidates that the measured mass and its own chance give', () => {
  const promises = promising({ sureness: sureFrom(0.9), candidateMass: 0.7 })

  // 0.05, 0.53, 0.82
  expect(decide([0.5, 0.3, 0.2], promises, { chance: () => 0.1, distance: null }).candidates).toEqual([0, 1])
  expect(decide([0.5, 0.3, 0.2], promises, { chance: () => 0.9, distance: null }).candidates).toEqual([0]) // 0.45, 0.77
})

test('too few images to promise how often it is right may still suffice for candidates', () => {
  expect(decide([0.6, 0.4], promising({ sureness: sureFrom(null, 120), candidateMass: 0.95 }), near)).toEqual(
    { decision: null, candidates: [0, 1] },
  )
})

test('what is further than all that was learnt is unfamiliar, however sure the network is', () => {
  const promises = promising({ sureness: sureFrom(0.9), familiarUpTo: 0.4 })

  expect(decide([0.99, 0.01], promises, { ...near, distance: 0.41 }).decision).toBe('unfamiliar')
  expect(decide([0.5, 0.5], promises, { ...near, distance: 0.41 }).decision).toBe('unfamiliar')
  expect(decide([0.99, 0.01], promises, { ...near, distance: 0.4 }).decision).toBe('confident')
})

test('a version that measured no distances knows nothing of familiarity', () => {
  expect(
    decide([0.99, 0.01], promising({ sureness: sureFrom(0.9) }), { ...near, distance: 9 }).decision,
  ).toBe('confident')
  expect(decide([0.99, 0.01], promising({ sureness: sureFrom(0.9), familiarUpTo: 0.4 }), near).decision).toBe(
    'confident',
  )
})

test('to promise two errors in a hundred takes 149 faultless images, as the exact bound has it', () => {
  expect(fewestToPromise(0.02)).toBe(149)
  expect(1 - 0.05 ** (1 / 149)).toBeLessThanOrEqual(0.02)
  expect(1 - 0.05 ** (1 / 148)).toBeGreaterThan(0.02)
})
