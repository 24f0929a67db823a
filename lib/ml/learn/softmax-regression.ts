/** Softmax regression on standardised features: its loss, its gradient and its minimum, in plain JavaScript,
 *  so that it needs no engine. `head.ts` decides on the features, the strength of the regularisation and the
 *  best result. */
import { minimise, type MinimisationOptions } from './lbfgs.ts'

/** The last layer of a network: logits = features × kernel + bias; kernel is length × classes, as dense
 *  layers have it. */
export type Head = { readonly kernel: Float32Array; readonly bias: Float32Array }

/** Logits of one image from its features, which are not standardised. */
export function headLogits({ kernel, bias }: Head, features: Float32Array): Float32Array {
  const logits = Float32Array.from(bias)
  features.forEach((value, d) => {
    for (let k = 0; k < logits.length; k++) logits[k]! += value * kernel[d * logits.length + k]!
  })
  return logits
}

/** Rows to train on. */
export type Rows = {
  readonly count: number
  /** Numbers per row. */
  readonly length: number
  readonly classes: number
  /** count × length */
  readonly features: Float32Array
  /** count × classes; each row sums to 1. */
  readonly targets: Float32Array
  /** The weight of each row in the mean loss. */
  readonly importance: Float32Array
}

/** The mean and spread of each feature: in these units all features have the same weight. */
export type FeatureScale = { readonly mean: Float64Array; readonly spread: Float64Array }

// number of classes computed in one pass over a row: four sums at a time keep the processor busy; padded to it
const AT_ONCE = 4
const LEAST_SPREAD = 1e-3 // of the mean spread: a nearly constant feature is not amplified

export function scalingOf({
  count,
  length,
  features,
}: Pick<Rows, 'count' | 'length' | 'features'>): FeatureScale {
  const mean = new Float64Array(length)
  const spread = new Float64Array(length)
  for (let i = 0; i < count; i++)
    for (let d = 0; d < length; d++) mean[d]! += features[i * length + d]! / count
  for (let i = 0; i < count; i++)
    for (let d = 0; d < length; d++) spread[d]! += (features[i * length + d]! - mean[d]!) ** 2 / count
  for (let d = 0; d < length; d++) spread[d] = Math.sqrt(spread[d]!)
  const least = LEAST_SPREAD * (spread.reduce((a, b) => a + b, 0) / length) || 1
  return { mean, spread: spread.map((value) => Math.max(value, least)) }
}

/** The rows in units of their scaling. */
export function standardised(features: Float32Array, { mean, spread }: FeatureScale): Float32Array {
  const length = mean.length
  return features.map((value, i) => (value - mean[i % length]!) / spread[i % length]!)
}

/** Converts a head for plain features to one flat vector for standardised ones (a row of `length` weights and a
 *  bias for each class), and back. */
export function flatOf(
  { kernel, bias }: Head,
  { mean, spread }: FeatureScale,
  classes: number,
): Float64Array {
  const length = mean.length
  const flat = new Float64Array(flatLength(length, classes))
  for (let k = 0; k < classes; k++) {
    let shifted = bias[k]!
    for (let d = 0; d < length; d++) {
      const weight = kernel[d * classes + k]!
      flat[k * (length + 1) + d] = weight * spread[d]!
      shifted += weight * mean[d]!
    }
    flat[k * (length + 1) + length] = shifted
  }
  return flat
}

export function headOf(flat: Float64Array, { mean, spread }: FeatureScale, classes: number): Head {
  const length = mean.length
  const kernel = new Float32Array(length * classes)
  const bias = new Float32Array(classes)
  for (let k = 0; k < classes; k++) {
    let shifted = flat[k * (length + 1) + length]!
    for (let d = 0; d < length; d++) {
      const weight = flat[k * (length + 1) + d]! / spread[d]!
      kernel[d * classes + k] = weight
      shifted -= weight * mean[d]!
    }
    bias[k] = shifted
  }
  return { kernel, bias }
}

export type Regression = {
  /** With standardised features. */
  readonly rows: Rows
  /** The strength of the regularisation: strength / 2 × squared distance is added to the mean loss. Biases
   *  are not regularised. */
  readonly strength: number
  /** The centre of the regularisation. */
  readonly towards: Float64Array
}

/** Mean loss with its regularisation, and its gradient: cross-entropy, Bishop 2006, eq. 4.108 and 4.109. */
export function regressionLoss(
  { rows, strength, towards }: Regression,
  flat: Float64Array,
  gradient: Float64Array,
): number {
  const { count, length, classes, features, targets, importance } = rows
  const row = length + 1
  const padded = flat.length / row
  const logits = new Float64Array(padded)
  const off = new Float64Array(padded)
  let total = 0
  for (let i = 0; i < count; i++) total += importance[i]!
  gradient.fill(0)
  let loss = 0
  for (let i = 0; i < count; i++) {
    const at = i * length
    logitsInto(logits, { flat, features, at, length })
    const share = importance[i]! / total
    const normaliser = logSumExp(logits, classes)
    for (let k = 0; k < classes; k++) {
      const target = targets[i * classes + k]!
      const logProbability = logits[k]! - normaliser
      loss -= share * target * logProbability
      off[k] = share * (Math.exp(logProbability) - target)
    }
    gather(gradient, { off, features, at, length })
  }
  for (let k = 0; k < classes; k++) {
    for (let d = 0; d < length; d++) {
      const pulled = flat[k * row + d]! - towards[k * row + d]!
      loss += (strength / 2) * pulled * pulled
      gradient[k * row + d]! += strength * pulled
    }
  }
  return loss
}

export const regressed = (regression: Regression, from: Float64Array, how: MinimisationOptions) =>
  minimise((flat, gradient) => regressionLoss(regression, flat, gradient), from, how)

/** Logits of standardised rows. */
export function regressionLogits(
  flat: Float64Array,
  { count, length, classes, features }: Pick<Rows, 'count' | 'length' | 'classes' | 'features'>,
): Float32Array {
  const logits = new Float64Array(flat.length / (length + 1))
  const values = new Float32Array(count * classes)
  for (let i = 0; i < count; i++) {
    logitsInto(logits, { flat, features, at: i * length, length })
    values.set(logits.subarray(0, classes), i * classes)
  }
  return values
}

/** Length of the flat vector, with classes padded. */
export const flatLength = (length: number, classes: number): number =>
  Math.ceil(classes / AT_ONCE) * AT_ONCE * (length + 1)

type FeatureRow = {
  readonly features: Float32Array
  /** Where the row starts. */ readonly at: number
  readonly length: number
}

function logitsInto(
  logits: Float64Array,
  { flat, features, at, length }: FeatureRow & { readonly flat: Float64Array },
): void {
  const row = length + 1
  for (let k = 0; k < logits.length; k += AT_ONCE) {
    const [a, b, c, e] = [k * row, (k + 1) * row, (k + 2) * row, (k + 3) * row]
    let [sumA, sumB, sumC, sumE] = [
      flat[a + length]!,
      flat[b + length]!,
      flat[c + length]!,
      flat[e + length]!,
    ]
    for (let d = 0; d < length; d++) {
      const x = features[at + d]!
      sumA += x * flat[a + d]!
      sumB += x * flat[b + d]!
      sumC += x * flat[c + d]!
      sumE += x * flat[e + d]!
    }
    logits[k] = sumA
    logits[k + 1] = sumB
    logits[k + 2] = sumC
    logits[k + 3] = sumE
  }
}

function gather(
  gradient: Float64Array,
  { off, features, at, length }: FeatureRow & { readonly off: Float64Array },
): void {
  const row = length + 1
  for (let k = 0; k < off.length; k += AT_ONCE) {
    const [a, b, c, e] = [k * row, (k + 1) * row, (k + 2) * row, (k + 3) * row]
    const [offA, offB, offC, offE] = [off[k]!, off[k + 1]!, off[k + 2]!, off[k + 3]!]
    for (let d = 0; d < length; d++) {
      const x = features[at + d]!
      gradient[a + d]! += x * offA
      gradient[b + d]! += x * offB
      gradient[c + d]! += x * offC
      gradient[e + d]! += x * offE
    }
    gradient[a + length]! += offA
    gradient[b + length]! += offB
    gradient[c + length]! += offC
    gradient[e + length]! += offE
  }
}

function logSumExp(logits: Float64Array, classes: number): number {
  let most = -Infinity
  for (let k = 0; k < classes; k++) most = Math.max(most, logits[k]!)
  let sum = 0
  for (let k = 0; k < classes; k++) sum += Math.exp(logits[k]! - most)
  return most + Math.log(sum)
}
