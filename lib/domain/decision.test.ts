import { expect, test } from 'vitest'
import { byProbability, decide, fewestToPromise, type HowSure, type Sureness } from './decision.ts'

const sureFrom = (threshold: number | null, images = 1_000): Sureness => ({ threshold, targetError: 0.02, images })

test.each<[string, number[], Sureness | null, HowSure | null]>([
  ['an answer above the threshold is confident and stands alone', [0.03, 0.95, 0.02], sureFrom(0.9), { decision: 'confident', candidates: [1] }],
  ['an answer at the threshold is confident', [0.9, 0.1], sureFrom(0.9), { decision: 'confident', candidates: [0] }],
  ['below it, the fewest classes that hold 95 % are the candidates', [0.5, 0.04, 0.46], sureFrom(0.9), { decision: 'uncertain', candidates: [0, 2] }],
  ['one class may be the only candidate of an unsure answer', [0.96, 0.04], sureFrom(0.99), { decision: 'uncertain', candidates: [0] }],
  ['where no confidence suffices, nothing is confident', [1, 0], sureFrom(null), { decision: 'uncertain', candidates: [0] }],
  ['a version that was never calibrated decides nothing', [1, 0], null, null],
  ['nor does one that was measured on too few images to promise anything', [1, 0], sureFrom(null, 148), null],
  ['with one image more it could have promised, and did not', [1, 0], sureFrom(null, 149), { decision: 'uncertain', candidates: [0] }],
])('%s', (_story, probabilities, sureness, decided) => expect(decide(probabilities, sureness)).toEqual(decided))

test('to promise two errors in a hundred takes 149 faultless images, as the exact bound has it', () => {
  expect(fewestToPromise(0.02)).toBe(149)
  expect(1 - 0.05 ** (1 / 149)).toBeLessThanOrEqual(0.02)
  expect(1 - 0.05 ** (1 / 148)).toBeGreaterThan(0.02)
})

test('candidates are never none, even where rounding leaves less than their mass', () => {
  expect(decide([0.47, 0.47], sureFrom(null))?.candidates).toEqual([0, 1])
})

test('the likeliest comes first, and equals keep the order of the classes', () => {
  expect(byProbability([0.2, 0.4, 0.2, 0.1, 0.1])).toEqual([1, 0, 2, 3, 4])
})
