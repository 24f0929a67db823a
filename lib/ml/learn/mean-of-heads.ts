/** Two last layers as one: the mean of a softmax regression and of least squares, which is more accurate than the
 *  softmax regression alone where images are few (docs/decisions/0049-mean-of-two-heads.md). It trains neither. */
import type { Head } from './softmax-regression.ts'
import type { FeatureSet } from './head.ts'
import type { FittedRegression } from './parallel-regression.ts'

/** For the mean squared weight of one feature, for each image. Ten times more or less is worse on each of five sets
 *  with 10 and 25 images per class (2026-11-30); chosen by folds, it varies so much between draws that it is worse. */
const STRENGTH = 1 / 3
/** With more images the softmax regression alone is as accurate, and the rounds of folds take seconds. */
const MOST_IMAGES = 1_000

/** @param towards a head that weights are pulled to: it has the scale of a softmax regression */
export const wantsSquares = ({ count }: Pick<FeatureSet, 'count'>, towards: Head | null): boolean =>
  count <= MOST_IMAGES && towards === null

/** The strength of the regularisation of the least squares. */
export const squaresStrength = ({ count, length }: Pick<FeatureSet, 'count' | 'length'>): number =>
  (STRENGTH * length) / count

/** The mean of both at the same spread of their logits: those of a softmax regression are in nats, those of least
 *  squares are near 0 and 1. */
export function meanFit(one: FittedRegression, other: FittedRegression): FittedRegression {
  const [a, b] = [0.5 / spreadOf(one.logits), 0.5 / spreadOf(other.logits)]
  return {
    flat: one.flat.map((value, i) => a * value + b * other.flat[i]!),
    logits: one.logits.map((value, i) => a * value + b * other.logits[i]!),
  }
}

/** Their standard deviation; 1 where all are equal. */
function spreadOf(values: Float32Array): number {
  let [sum, squares] = [0, 0]
  for (const value of values) sum += value
  const mean = sum / values.length
  for (const value of values) squares += (value - mean) ** 2
  return Math.sqrt(squares / values.length) || 1
}
