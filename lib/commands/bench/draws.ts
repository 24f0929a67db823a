/** Draws of a few images of each class, and of others to judge by, the same for the same seed. */
import { createRandom } from '#lib/ml/random.ts'

export type Draw<T> = { readonly train: readonly T[]; readonly test: readonly T[] }

/** With the same seed, smaller draws are part of larger ones, and all are tested on the same images.
 *  @throws where a class has too few images */
export function drawn<T>(
  byClass: ReadonlyMap<string, readonly T[]>,
  { perClass, tests, seed }: { readonly perClass: number; readonly tests: number; readonly seed: number },
): Draw<T> {
  const random = createRandom(seed)
  const parts = [...byClass].map(([label, images]) => {
    const order = images
      .map((image) => ({ image, at: random() }))
      .sort((one, other) => one.at - other.at)
      .map(({ image }) => image)
    if (order.length < perClass + 1) throw new Error(`The class "${label}" has only ${order.length} images.`)
    const testCount = Math.min(tests, order.length - perClass)
    return { test: order.slice(0, testCount), train: order.slice(testCount, testCount + perClass) }
  })
  return { train: parts.flatMap(({ train }) => train), test: parts.flatMap(({ test }) => test) }
}
