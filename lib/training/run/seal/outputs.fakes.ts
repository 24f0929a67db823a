/** An engine without a network: it classifies an image by its brightness; brightness and grain are its features.
 *  It computes distances as every engine does, by the product with the loaded vectors. */
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { MeasuredModel } from './outputs.ts'

export const SPEC = {
  size: 8,
  channels: 1,
  fit: 'stretch',
  background: [0, 0, 0],
  resize: 'lanczos3',
  mean: [0],
  std: [1],
} satisfies MeasuredModel['spec']
export const CLASSES = ['dark', 'grey', 'light'] as const
const LIGHTS = [0.25, 0.5, 0.75] // of the classes
// logits fall with the squared distance in brightness times this: five times as confident as justified
const SURENESS = 400

export function fakeLoaded(signal: AbortSignal = new AbortController().signal): MeasuredModel {
  const nearness = new Map<string, { length: number; classes: number; kernel: Float32Array }>()
  return {
    key: 'fake',
    spec: SPEC,
    classes: CLASSES.length,
    onProgress: () => undefined,
    signal,
    engine: {
      async load(key: string, { network, weights }: { network: Network; weights: Weights }) {
        nearness.set(key, {
          length: network.input.channels,
          classes: network.classes,
          kernel: weights['products/kernel']!,
        })
      },
      async unload(key) {
        nearness.delete(key)
      },
      async run(key, pixels, count) {
        const loaded = nearness.get(key)
        if (!loaded) return predict(pixels, count)
        const { length, classes, kernel } = loaded
        const logits = Float32Array.from({ length: count * classes }, (_, at) => {
          let sum = 0
          for (let d = 0; d < length; d++)
            sum += pixels[Math.floor(at / classes) * length + d]! * kernel[d * classes + (at % classes)]!
          return sum
        })
        return { logits, features: null }
      },
    },
  }
}

function predict(pixels: Float32Array, count: number) {
  const each = pixels.length / count
  const rows = Array.from({ length: count }, (_, i) => {
    const own = pixels.subarray(i * each, (i + 1) * each)
    const light = own.reduce((a, b) => a + b, 0) / each
    const grain = Math.sqrt(own.reduce((sum, value) => sum + (value - light) ** 2, 0) / each)
    return { logits: LIGHTS.map((of) => -SURENESS * (light - of) ** 2), features: [light, grain, 0.2] }
  })
  return {
    logits: Float32Array.from(rows.flatMap(({ logits }) => logits)),
    features: Float32Array.from(rows.flatMap(({ features }) => features)),
  }
}

/** Images of the classes in turn, with random brightness errors, so that some are classified as a neighbour.
 *  `grain` is larger in foreign images. */
export function brightnessSet(
  count: number,
  { seed, grain = 0.02 }: { seed: number; grain?: number },
): SampleSet {
  const random = createRandom(seed)
  const squares = Array.from({ length: count }, (_, i) => {
    const light = LIGHTS[i % CLASSES.length]! + 0.08 * normal(random)
    return Uint8ClampedArray.from({ length: SPEC.size ** 2 }, () => 255 * (light + grain * normal(random)))
  })
  return {
    count,
    hashes: squares.map(() =>
      Array.from({ length: 8 }, () =>
        Math.floor(random() * 2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      ).join(''),
    ),
    labels: Int32Array.from(squares, (_, i) => i % CLASSES.length),
    targets: null,
    read: (index, out, offset) => out.set(squares[index]!, offset),
  }
}
