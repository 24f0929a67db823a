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

test('where no answers differ, the gain is zero within z² / (n + z²)', () => {
  // Tango 1998, closed form for b = c = 0
  const gain = pairedGain({ bothRight: 90, bothWrong: 10, onlyChampionRight: 0, onlyChallengerRight: 0 })

  const half = Z95 ** 2 / (100 + Z95 ** 2)
  expect(gain.value).toBe(0)
  expect(gain.low).toBeCloseTo(-half, 6)
  expect(gain.high).toBeCloseTo(half, 6)
})

test('at both ends of the interval the score with the likeliest nuisance share is 1.96, found by brute force', () => {
  const [gains, losses, n] = [14, 3, 200]
  const gain = pairedGain({
    bothRight: 170,
    bothWrong: n - 170 - gains - losses,
    onlyChampionRight: losses,
    onlyChallengerRight: gains,
  })

  for (const end of [gain.low, gain.high]) {
    expect(Math.abs(scoreByBruteForce({ gains, losses, n }, end))).toBeCloseTo(Z95, 2)
  }
  expect(gain.value).toBeCloseTo(0.055, 10)
})

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

test('no error in 149 images bounds the error at 2 %, in 148 it does not', () => {
  // the rule of three, exactly: 1 − 0.05^(1/n)
  expect(clopperPearsonUpper(0, 149)).toBeCloseTo(1 - 0.05 ** (1 / 149), 8)
  expect(clopperPearsonUpper(0, 149)).toBeLessThan(0.02)
  expect(clopperPearsonUpper(0, 148)).toBeGreaterThan(0.02)
})

test('Holm multiplies the smallest by all, the next by one less, and never falls', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
})
