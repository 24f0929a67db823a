/** An inference session for one set of weights: pixels in, logits and features out, in pieces that limit
 *  its memory. It cannot train. */
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { inferenceGraph } from '#lib/ml/onnx/inference-graph.ts'
import type { NetworkAnswers } from '#lib/ml/learn/learner.ts'
import type { OrtLibrary } from './library.ts'

const MOST_AT_ONCE = 16 // images per run: more need more memory without saving time per image (2026-11)

export type PredictionSession = AsyncDisposable & {
  answer(pixels: Float32Array, count: number): Promise<NetworkAnswers>
}

export async function openPredictionSession(
  library: OrtLibrary,
  network: Network,
  weights: Weights,
): Promise<PredictionSession> {
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
        const outputs = await session.run({
          pixels: library.floats(pixels.subarray(from * perImage, (from + images) * perImage), [
            images,
            size,
            size,
            channels,
          ]),
        })
        logits.set(floatsOf(outputs.logits), from * network.classes)
        features.set(floatsOf(outputs.features), from * length)
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
