import { expect, test } from 'vitest'
import { int8Sentence, judgeInt8 } from './int8.ts'

const pairs = (bothRight: number, onlyFloat = 0, onlyInt8 = 0) => ({
  bothRight,
  onlyChampionRight: onlyFloat,
  onlyChallengerRight: onlyInt8,
  bothWrong: 0,
})

test.each([
  ['the same class for 198 of 200 images, without labels', { images: 200, agreeing: 198, pairs: null }],
  [
    'the same class for all of 1,000 labelled images',
    { images: 1_000, agreeing: 1_000, pairs: pairs(1_000) },
  ],
  [
    'as many images gained as lost among 5,000',
    { images: 5_000, agreeing: 4_984, pairs: pairs(4_984, 8, 8) },
  ],
])('int8 is accepted: %s', (_, comparison) => {
  expect(judgeInt8(comparison)).toMatchObject({ isAccepted: true, reason: null })
})

test.each([
  [
    '199 images are too few',
    { images: 199, agreeing: 199, pairs: null },
    /only 199 images .* 200 are needed/,
  ],
  ['another class for 3 of 200', { images: 200, agreeing: 197, pairs: null }, /197 of 200 images/],
  ['no image at all', { images: 0, agreeing: 0, pairs: null }, /only 0 images/],
  // without any difference the score interval ends at z² / (n + z²): 3.84 / 703.84 = 0.55 points
  [
    '700 labelled images cannot exclude half a point',
    { images: 700, agreeing: 700, pairs: pairs(700) },
    /0\.55 points/,
  ],
  ['20 of 5,000 lost', { images: 5_000, agreeing: 4_980, pairs: pairs(4_980, 20) }, /cannot be excluded/],
])('int8 is not accepted: %s', (_, comparison, reason) => {
  const verdict = judgeInt8(comparison)

  expect(verdict.isAccepted).toBe(false)
  expect(verdict.reason).toMatch(reason)
})

test('the loss is the gain of float32, and a gain of int8 is a negative loss', () => {
  expect(judgeInt8({ images: 1_000, agreeing: 996, pairs: pairs(996, 3, 1) }).lost?.value).toBeCloseTo(0.002)
  const { lost } = judgeInt8({ images: 1_000, agreeing: 996, pairs: pairs(996, 0, 4) })
  expect(lost?.value).toBeCloseTo(-0.004)
  expect(lost!.low).toBeLessThan(-0.004)
  expect(lost!.high).toBeGreaterThan(-0.004)
})

test('a model card says both figures, or why there are none', () => {
  const accepted = { is_accepted: true, reason: null, images: 1_290, agreement: 0.9992 }
  expect(int8Sentence({ ...accepted, accuracy_lost: { value: 0.0008, low: -0.0021, high: 0.0049 } })).toBe(
    'Predictions can use 8-bit numbers (int8), which are faster than float32 on most processors. ' +
      '99.92 % of 1,290 images get the same class with both. ' +
      'Accuracy lost: 0.08 points (95 % interval: -0.21 to 0.49).',
  )
  expect(
    int8Sentence({
      is_accepted: false,
      reason: 'No engine.',
      images: 0,
      agreement: null,
      accuracy_lost: null,
    }),
  ).toBe('No engine.')
  expect(int8Sentence(undefined)).toMatch(/were not measured/)
})
