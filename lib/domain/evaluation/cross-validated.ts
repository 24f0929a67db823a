/** Intervals for accuracies that were measured by cross-validation, and for the difference of two versions. Its errors
 *  are not independent: the same images train and are left out in turn. Pure numbers. */
import { pairedGain, wilson, type Interval, type Pairs } from './statistics.ts'

/** By so much an interval is wider than Wilson's for as many independent images. Bates, Hastie and Tibshirani 2023,
 *  "Cross-validation: what does it estimate and how well does it do it?" (JASA), show that the usual interval is too
 *  narrow and widen it by 1 to √k. On real features it covers 95 % with 1.2 on average; with ten images of each of six
 *  classes 1.2 covered 37 and 1.29 covered 38 of 40 fresh draws, so the larger one is a caution
 *  (docs/decisions/0026-cross-validated-heads.md, 2026-11-30). */
export const WIDER = 1.29

/** @param right of the independent images, those answered correctly; may be a mean over rounds
 *  @param images independent images: one for each group */
export function crossValidatedAccuracy(right: number, images: number): Interval {
  const { value, low, high } = wilson(right, images)
  return {
    value,
    low: Math.max(0, value - WIDER * (value - low)),
    high: Math.min(1, value + WIDER * (high - value)),
  }
}

export type ClassCount = { readonly right: number; readonly images: number }

/** The mean recall of the classes that have images, each class alike. The interval of a sum of independent shares:
 *  Zou and Donner 2008, "Construction of confidence limits about effect measures" (MOVER), from the intervals above. It
 *  stays within 0 and 1, because it reaches no further than the mean of the single ends. */
export function balancedAccuracy(perClass: readonly ClassCount[]): Interval {
  const known = perClass.filter(({ images }) => images > 0)
  if (known.length === 0) return { value: 0, low: 0, high: 1 }
  return meanOf(known.map(({ right, images }) => crossValidatedAccuracy(right, images)))
}

/** The mean gain of the classes, each class alike, from the pairs of each. */
export const balancedGain = (perClass: readonly Pairs[], folds: number): Interval =>
  meanOf(perClass.map((pairs) => crossValidatedGain(pairs, folds)))

function meanOf(intervals: readonly Interval[]): Interval {
  const mean = intervals.reduce((sum, { value }) => sum + value, 0) / intervals.length
  const reach = (of: (interval: Interval) => number): number =>
    Math.sqrt(intervals.reduce((sum, one) => sum + of(one) ** 2, 0)) / intervals.length
  return {
    value: mean,
    low: mean - reach(({ value, low }) => value - low),
    high: mean + reach(({ value, high }) => high - value),
  }
}

/** From this ratio of the largest to the smallest class on, accuracy hides the small ones. */
export const IMBALANCED = 3

export function isImbalanced(perClass: readonly { readonly images: number }[]): boolean {
  const counts = perClass.map(({ images }) => images).filter((images) => images > 0)
  return Math.max(...counts) >= IMBALANCED * Math.min(...counts)
}

/** The gain of one cross-validated version over another on the same independent images. The variance of a mean over
 *  folds is (1/k + n₂/n₁) σ² instead of σ²/k, where n₂/n₁ = 1/(k−1) is the share that is left out: Nadeau and Bengio
 *  2003, "Inference for the generalization error". So the images count for 1 + k/(k−1) times fewer, in Tango's score
 *  interval, which is sound where few answers differ. */
export function crossValidatedGain(pairs: Pairs, folds: number): Interval {
  const { value } = pairedGain(pairs)
  const { low, high } = pairedGain(effectivePairs(pairs, folds))
  return { value, low, high }
}

/** By so much fewer images the paired answers of cross-validated versions stand for. */
export const lostByFolds = (folds: number): number => (folds < 2 ? 1 : 1 + folds / (folds - 1))

export function effectivePairs(pairs: Pairs, folds: number): Pairs {
  const by = lostByFolds(folds)
  return {
    bothRight: pairs.bothRight / by,
    onlyChampionRight: pairs.onlyChampionRight / by,
    onlyChallengerRight: pairs.onlyChallengerRight / by,
    bothWrong: pairs.bothWrong / by,
  }
}
