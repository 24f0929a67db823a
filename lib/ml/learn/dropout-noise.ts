/** The random bytes of dropout. They depend only on the seed and the step, so a resumed training drops the
 *  same units. Not for secrets. */
import { mixSeeds } from '../random.ts'
import { shapesOf, sizeOf, type Network } from '../network/network.ts'

/** The dropout layers with a rate above zero, with their number of values per image. */
export function noisyLayers(network: Network): readonly { readonly name: string; readonly length: number }[] {
  const shapes = shapesOf(network)
  return network.layers.flatMap((layer) =>
    layer.kind === 'dropout' && layer.rate > 0
      ? [{ name: layer.name, length: sizeOf(shapes.get(layer.name)!) }]
      : [],
  )
}

/** Fills with uniform bytes: xorshift128 (Marsaglia 2003), four bytes a word. */
export function fillNoise(into: Uint8Array<ArrayBuffer>, ...seeds: readonly number[]): void {
  const words = new Uint32Array(Math.ceil(into.length / 4))
  let [x, y, z, w] = [1, 2, 3, 4].map((n) => mixSeeds(...seeds, n) | 1) as [number, number, number, number]
  for (let i = 0; i < words.length; i++) {
    const t = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8)
    words[i] = w
  }
  into.set(new Uint8Array(words.buffer, 0, into.length))
}
