import { expect, test } from 'vitest'
import {
  binomialCdf,
  clopperPearsonUpper,
  holm,
  mcnemarExact,
  pairedGain,
  wilson,
  Z95,
} from './statistics.ts'

test('81 of 263 has the Wilson interval that Newcombe published', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3
  const { low, high } = wilson(81, 263)

  expect(low).toBeCloseTo(0.2553, 4)
  expect(high).toBeCloseTo(0.3662, 4)
})

test('0 of 20 has the Wilson interval that Newcombe published', () => {
  const { low, high } = wilson(0, 20)

  expect(low).toBe(0)
  expect(high).toBeCloseTo(0.1611, 4)
})

test('one correct image of one is a share of one, with a lower bound of a fifth', () => {
  // Wilson 1927 at n = 1: the lower end is 1 / (1 + z²)
  expect(wilson(1, 1)).toEqual({ value: 1, low: expect.closeTo(1 / (1 + Z95 ** 2), 12), high: 1 })
})

test('without images the intervals of share and gain are maximal', () => {
  expect(wilson(0, 0)).toEqual({ value: 0, low: 0, high: 1 })
  expect(pairedGain({ bothRight: 0, bothWrong: 0, onlyChampionRight: 0, onlyChallengerRight: 0 })).toEqual({
    value: 0,
    low: -1,
    high: 1,
  })
})

test('a gain on the only image may be a loss by (1 − z²) / (1 + z²)', () => {
  // by hand: with one gain of one image the variance of the score is 1 − δ²
  const one = { bothRight: 0, bothWrong: 0, onlyChampionRight: 0, onlyChallengerRight: 0 }

  const gain = pairedGain({ ...one, onlyChallengerRight: 1 })
  const loss = pairedGain({ ...one, onlyChampionRight: 1 })

  const end = (1 - Z95 ** 2) / (1 + Z95 ** 2)
  expect(gain).toEqual({ value: 1, low: expect.closeTo(end, 9), high: expect.closeTo(1, 9) })
  expect(loss).toEqual({ value: -1, low: expect.closeTo(-1, 9), high: expect.closeTo(-end, 9) })
})

test('when no predictions differ, the gain is zero within z² / (n + z²)', () => {
  // Tango 1998, closed form for b = c = 0
  const gain = pairedGain({ bothRight: 90, bothWrong: 10, onlyChampionRight: 0, onlyChallengerRight: 0 })

  const half = Z95 ** 2 / (100 + Z95 ** 2)
  expect(gain.value).toBe(0)
  expect(gain.low).toBeCloseTo(-half, 6)
  expect(gain.high).toBeCloseTo(half, 6)
})

test.each([
  [14, 3, 200],
  [15, 0, 30], // at the lower end the most likely share of losses is near zero
])(
  'at both ends of the interval of %d gains and %d losses of %d the score with the likeliest nuisance share ' +
    'is 1.96, found by brute force',
  (gains, losses, n) => {
    const gain = pairedGain({
      bothRight: n - gains - losses,
      bothWrong: 0,
      onlyChampionRight: losses,
      onlyChallengerRight: gains,
    })

    for (const end of [gain.low, gain.high]) {
      expect(Math.abs(scoreByBruteForce({ gains, losses, n }, end))).toBeCloseTo(Z95, 2)
    }
    expect(gain.value).toBeCloseTo((gains - losses) / n, 10)
  },
)

/** The likelihood is maximised over a fine grid of loss shares instead of by formula. */
function scoreByBruteForce(
  { gains, losses, n }: { gains: number; losses: number; n: number },
  delta: number,
): number {
  let best = { likelihood: -Infinity, share: 0 }
  for (let share = Math.max(0, -delta) + 1e-6; share < (1 - delta) / 2; share += 1e-5) {
    const same = 1 - 2 * share - delta
    const likelihood =
      gains * Math.log(share + delta) + losses * Math.log(share) + (n - gains - losses) * Math.log(same)
    if (likelihood > best.likelihood) best = { likelihood, share }
  }
  return (gains - losses - n * delta) / Math.sqrt(n * (2 * best.share + delta * (1 - delta)))
}

test('exact McNemar of 14 gains and 3 losses is 0.0127 by hand', () => {
  // 2 × (C(17,0) + C(17,1) + C(17,2) + C(17,3)) / 2^17 = 2 × 834 / 131072
  expect(mcnemarExact(14, 3)).toBeCloseTo((2 * 834) / 131072, 10)
  expect(mcnemarExact(5, 5)).toBe(1)
  expect(mcnemarExact(0, 0)).toBe(1)
})

test('a thousand trials do not underflow', () => {
  expect(binomialCdf(500, 1000, 0.5)).toBeCloseTo(0.5126, 4)
})

test('P(X ≤ n) is one, P(X < 0) is zero, and with certain success no failure is possible', () => {
  expect(binomialCdf(2, 2, 0.3)).toBe(1) // the sum is 0.9999999999999999
  expect(binomialCdf(16, 17, 0.1)).toBe(1) // the sum is 1.0000000000000002
  expect(binomialCdf(-1, 10, 0.5)).toBe(0)
  expect(binomialCdf(3, 10, 1)).toBe(0)
})

test('only errors, or no images at all, bound the error at one', () => {
  expect(clopperPearsonUpper(5, 5)).toBe(1)
  expect(clopperPearsonUpper(0, 0)).toBe(1)
})

test('no error in 149 images bounds the error at 2 %, in 148 it does not', () => {
  // the rule of three, exactly: 1 − 0.05^(1/n)
  expect(clopperPearsonUpper(0, 149)).toBeCloseTo(1 - 0.05 ** (1 / 149), 8)
  expect(clopperPearsonUpper(0, 149)).toBeLessThan(0.02)
  expect(clopperPearsonUpper(0, 148)).toBeGreaterThan(0.02)
})

test('Holm multiplies the smallest by all, the next by one less, and never falls', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
  expect(holm([0.6, 0.9])).toEqual([1, 1])
})
