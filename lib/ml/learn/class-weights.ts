/** The weight of an image of each class when classes have different numbers of images. It changes no
 *  image. */

/** By the effective number of images, Cui et al. 2019 (arXiv:1901.05555): the more there are, the less
 *  another one adds. The mean over the images is 1; a class without images has weight 0.
 *  @param balance in [0, 1): with 0 each image has the same weight, near 1 each class. */
export function classWeights(labels: Int32Array, classes: number, balance: number): Float32Array {
  const counts = new Float64Array(classes)
  for (const label of labels) counts[label]!++
  const weights = Float64Array.from(counts, (n) => (n === 0 ? 0 : (1 - balance) / (1 - balance ** n)))
  const mean = counts.reduce((sum, n, k) => sum + n * weights[k]!, 0) / Math.max(1, labels.length)
  return Float32Array.from(weights, (weight) => weight / mean)
}
