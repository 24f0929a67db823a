/** A session that answers for one set of weights: pixels in, logits and features out, in pieces that bound
 *  its memory. It does not learn. */
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { inferenceGraph } from '#lib/ml/onnx/inference-graph.ts'
import type { NetworkAnswers } from '#lib/ml/learn/learner.ts'
import type { OrtLibrary } from './library.ts'

const MOST_AT_ONCE = 16 // images of one run: more take more memory and no less time for each (2026-11)

export type AnsweringSession = AsyncDisposable & {
  answer(pixels: Float32Array, count: number): Promise<NetworkAnswers>
}

export async function openAnswering(
  library: OrtLibrary,
  network: Network,
  weights: Weights,
): Promise<AnsweringSession> {
  const session = await library.open(inferenceGraph(network, weights, { isWasm: library.name === 'wasm' }))
  const { size, channels } = network.input
  const perImage = size * size * channels
  const length = featureLength(network)
  return {
    async answer(pixels, count) {
      if (pixels.length !== count * perImage)
        throw new Error(
          `${network.name} takes ${perImage} values per image; ${count} images have ${pixels.length}`,
        )
      const logits = new Float32Array(count * network.classes)
      const features = new Float32Array(count * length)
      for (let from = 0; from < count; from += MOST_AT_ONCE) {
        const images = Math.min(MOST_AT_ONCE, count - from)
        const made = await session.run({
          pixels: library.floats(pixels.subarray(from * perImage, (from + images) * perImage), [
            images,
            size,
            size,
            channels,
          ]),
        })
        logits.set(floatsOf(made.logits), from * network.classes)
        features.set(floatsOf(made.features), from * length)
      }
      return { logits, features }
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

export function floatsOf(tensor: { readonly data: unknown } | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('ONNX Runtime did not return a float32 tensor')
  return tensor.data
}
