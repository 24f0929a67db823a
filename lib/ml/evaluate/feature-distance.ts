/** The distance of an image from training images in the network's feature space, from their features. Pure: it also
 *  runs in a browser. The training images are those of `reference.bin` (familiarity.ts). */

/** Each row of features as a unit vector from the centre; a row at the centre stays zero. */
export function directions(
  features: Float32Array,
  length: number,
  centre: Float32Array | null,
): Float32Array {
  const out = new Float32Array(features.length)
  for (let row = 0; row < features.length; row += length) {
    let squares = 0
    for (let d = 0; d < length; d++) {
      const value = features[row + d]! - (centre?.[d] ?? 0)
      out[row + d] = value
      squares += value * value
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let d = 0; d < length; d++) out[row + d]! *= scale
  }
  return out
}

/** The largest products of one row, the largest first. */
export function largestOf(products: Float32Array, most: number): Float32Array {
  const largest = new Float32Array(Math.min(most, products.length)).fill(-Infinity)
  const last = largest.length - 1
  for (const product of products) {
    if (!(product > largest[last]!)) continue
    let place = last
    for (; place > 0 && largest[place - 1]! < product; place--) largest[place] = largest[place - 1]!
    largest[place] = product
  }
  return largest
}

/** Euclidean distance of two unit vectors with this product: 0 when equal, 2 when opposite. */
export const distanceOf = (product: number): number => Math.sqrt(Math.max(0, 2 - 2 * product))

/** The distance from the `neighbour`-th nearest, for one row of products. */
export const distanceTo = (products: Float32Array, neighbour: number): number =>
  distanceOf(largestOf(products, neighbour).at(-1)!)
