/** Intervals and tests for accuracies: each formula with its source. Pure numbers; gate.ts draws the
 *  conclusions. */

/** A measured value with its 95 % interval. */
export type Interval = { readonly value: number; readonly low: number; readonly high: number }

/** The 97.5 % point of the normal distribution: two-sided 95 %. */
export const Z95 = 1.959963984540054

/** A share with its score interval. Wilson 1927, "Probable inference, the law of succession, and statistical
 *  inference". */
export function wilson(right: number, images: number): Interval {
  if (images === 0) return { value: 0, low: 0, high: 1 }
  const share = right / images
  const z2 = Z95 * Z95
  const centre = (share + z2 / (2 * images)) / (1 + z2 / images)
  const half =
    (Z95 / (1 + z2 / images)) * Math.sqrt((share * (1 - share)) / images + z2 / (4 * images * images))
  return { value: share, low: right === 0 ? 0 : centre - half, high: right === images ? 1 : centre + half }
}

/** How the predictions of two versions for the same images agree. */
export type Pairs = {
  readonly bothRight: number
  readonly onlyChampionRight: number
  readonly onlyChallengerRight: number
  readonly bothWrong: number
}

export const countOf = (p: Pairs): number =>
  p.bothRight + p.onlyChampionRight + p.onlyChallengerRight + p.bothWrong

/** Gain in accuracy (challenger − champion) on paired images, with its score interval. Tango 1998,
 *  "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
 *  eq. 5; also valid when no predictions differ. */
export function pairedGain(pairs: Pairs): Interval {
  const n = countOf(pairs)
  if (n === 0) return { value: 0, low: -1, high: 1 }
  const gains = pairs.onlyChallengerRight
  const losses = pairs.onlyChampionRight
  const value = (gains - losses) / n
  const score = (delta: number) => tangoScore({ gains, losses, n }, delta)
  return { value, low: crossing(score, Z95, -1, value), high: crossing(score, -Z95, value, 1) }
}

/** The score statistic at an assumed difference; it falls as the difference grows. */
function tangoScore(
  { gains, losses, n }: { gains: number; losses: number; n: number },
  delta: number,
): number {
  const a = 2 * n
  const b = -gains - losses + (2 * n - gains + losses) * delta
  const c = -losses * delta * (1 - delta)
  const lossShare = (Math.sqrt(Math.max(b * b - 4 * a * c, 0)) - b) / (2 * a)
  const variance = n * (2 * lossShare + delta * (1 - delta))
  // without variance any distance is infinitely unlikely
  return (gains - losses - n * delta) / Math.sqrt(Math.max(variance, 0))
}

/** Where a falling function passes `height` between `from` and `to`; 60 halvings exceed the precision of a
 *  double. */
function crossing(f: (x: number) => number, height: number, from: number, to: number): number {
  let low = from
  let high = to
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (f(middle) > height) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Two-sided exact test that gains and losses are equally likely. McNemar 1947, with the binomial
 *  distribution. */
export function mcnemarExact(gains: number, losses: number): number {
  const n = gains + losses
  return Math.min(1, 2 * binomialCdf(Math.min(gains, losses), n, 0.5))
}

/** P(X ≤ k) for X ~ Binomial(n, p); sums logarithms so that thousands of trials do not underflow. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k >= n) return 1
  if (k < 0 || p >= 1) return 0
  const ratio = Math.log(p) - Math.log1p(-p)
  let term = n * Math.log1p(-p)
  let sum = Math.exp(term)
  for (let i = 1; i <= k; i++) {
    term += Math.log(n - i + 1) - Math.log(i) + ratio
    sum += Math.exp(term)
  }
  return Math.min(1, sum)
}

/** Upper end of the one-sided 95 % interval for a share of errors. Clopper and Pearson 1934. */
export function clopperPearsonUpper(errors: number, images: number): number {
  if (errors >= images) return 1
  return crossing((p) => binomialCdf(errors, images, p), 0.05, errors / images, 1)
}

/** p-values corrected for multiple tests, in the order given. Holm 1979, step-down. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const corrected = new Array<number>(pValues.length)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - rank)))
    corrected[index] = largest
  })
  return corrected
}
