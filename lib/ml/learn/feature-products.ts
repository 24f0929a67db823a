/** Features multiplied by weights, and the other way round: nearly all that training a last layer computes. Here in
 *  plain JavaScript; an engine does the same faster (lib/training/run/learn/engine-products.ts). */

export type FeatureProducts = AsyncDisposable & {
  /** `rows × length` weights; answers `rows × count` products with the features of each image. */
  readonly times: (weights: Float32Array, rows: number) => Promise<Float32Array>
  /** `rows × count` values; answers `rows × length` sums of the features, each image by its value. */
  readonly gather: (values: Float32Array, rows: number) => Promise<Float32Array>
}

/** `features`: count × length, standardised. */
export type FeatureTable = {
  readonly features: Float32Array
  readonly count: number
  readonly length: number
}

export type MakeProducts = (table: FeatureTable) => Promise<FeatureProducts>

/** @public for tests, and where no engine is at hand */
export const plainProducts: MakeProducts = async ({ features, count, length }) => ({
  async times(weights, rows) {
    const out = new Float32Array(rows * count)
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < count; i++) {
        let sum = 0
        for (let d = 0; d < length; d++) sum += weights[row * length + d]! * features[i * length + d]!
        out[row * count + i] = sum
      }
    return out
  },
  async gather(values, rows) {
    const out = new Float64Array(rows * length)
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < count; i++) {
        const value = values[row * count + i]!
        if (value === 0) continue
        for (let d = 0; d < length; d++) out[row * length + d]! += value * features[i * length + d]!
      }
    return Float32Array.from(out)
  },
  [Symbol.asyncDispose]: async () => undefined,
})
