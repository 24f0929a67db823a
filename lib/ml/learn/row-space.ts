/** Shorter rows for a regression with fewer rows than features. Weights that start at zero and are pulled to zero are
 *  sums of the rows (Schölkopf et al. 2001, "A generalized representer theorem"), so only the inner products of the
 *  rows matter, and rows of a triangular matrix with the same inner products give the same logits at a fraction of the
 *  cost. Which rows to train on, and how, others decide. */
import type { FeatureTable } from './feature-products.ts'

/** Of the mean squared length of a row, added to each: the matrix stays invertible where two rows are equal. */
const JITTER = 1e-6

export type RowSpace = {
  /** count × count */
  readonly table: FeatureTable
  /** The weights for the features themselves.
   *  @param flat classes × (count + 1): a row of weights and a bias for each class
   *  @returns classes × (length + 1) */
  readonly fullWeights: (flat: Float64Array) => Float64Array
}

/** Below half as many rows as features it pays: the matrix costs about as much as two steps of the regression. */
export const isWorthwhile = ({ count, length }: Pick<FeatureTable, 'count' | 'length'>): boolean =>
  count * 2 <= length

export function rowSpaceOf({ features, count, length }: FeatureTable): RowSpace {
  const triangle = cholesky(innerProducts({ features, count, length }), count)
  return {
    table: { features: Float32Array.from(triangle), count, length: count },
    fullWeights(flat) {
      const classes = flat.length / (count + 1)
      const full = new Float64Array(classes * (length + 1))
      for (let k = 0; k < classes; k++) {
        const own = flat.subarray(k * (count + 1), k * (count + 1) + count)
        const weights = full.subarray(k * (length + 1), k * (length + 1) + length)
        sharesOf(triangle, own).forEach((share, i) => {
          for (let d = 0; d < length; d++) weights[d]! += share * features[i * length + d]!
        })
        full[k * (length + 1) + length] = flat[k * (count + 1) + count]!
      }
      return full
    },
  }
}

/** count × count, the lower triangle alone. */
function innerProducts({ features, count, length }: FeatureTable): Float64Array {
  const products = new Float64Array(count * count)
  for (let i = 0; i < count; i++) {
    const row = features.subarray(i * length, (i + 1) * length)
    for (let j = 0; j <= i; j++) {
      const at = j * length
      let sum = 0
      for (let d = 0; d < length; d++) sum += row[d]! * features[at + d]!
      products[i * count + j] = sum
    }
  }
  return products
}

/** The lower triangular matrix whose rows have these inner products: Golub and Van Loan 2013, algorithm 4.2.1. */
function cholesky(products: Float64Array, count: number): Float64Array {
  let trace = 0
  for (let i = 0; i < count; i++) trace += products[i * count + i]!
  const jitter = JITTER * (trace / count || 1)
  const triangle = new Float64Array(count * count)
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      let rest = products[i * count + j]!
      for (let m = 0; m < j; m++) rest -= triangle[i * count + m]! * triangle[j * count + m]!
      triangle[i * count + j] =
        i === j ? Math.sqrt(Math.max(rest + jitter, jitter)) : rest / triangle[j * count + j]!
    }
  return triangle
}

/** How much of each row the weights consist of: the solution of triangleᵀ · shares = weights. */
function sharesOf(triangle: Float64Array, weights: Float64Array): Float64Array {
  const count = weights.length
  const shares = weights.slice()
  for (let i = count - 1; i >= 0; i--) {
    shares[i]! /= triangle[i * count + i]!
    for (let j = 0; j < i; j++) shares[j]! -= triangle[i * count + j]! * shares[i]!
  }
  return shares
}
