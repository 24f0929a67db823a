/** An inference session for one set of weights: pixels in, logits and features out, in pieces that limit
 *  its memory. It cannot train. */
import { layoutOf, sizeOf, type Network, type Weights } from '#lib/ml/network/network.ts'
import { inferenceGraph } from '#lib/ml/onnx/inference-graph.ts'
import type { NetworkAnswers } from '#lib/ml/learn/learner.ts'
import { quantisedGraph, type Ranges } from '#lib/ml/quantise/quantised-graph.ts'
import type { OrtLibrary } from './library.ts'

/** Images per run: of 96 pixels and more, further ones need more memory without saving time per image. */
const MOST_LARGE_AT_ONCE = 16
/** Smaller ones: a batch of 22 in runs of 16 and 6 takes a tenth longer than in one (2026-11-30). */
const MOST_SMALL_AT_ONCE = 32
const LARGE_PIXELS = 96

export type PredictionSession = AsyncDisposable & {
  answer(pixels: Float32Array, count: number): Promise<NetworkAnswers>
}

/** @param ranges as 8-bit numbers with these; absent: as float32 */
export async function openPredictionSession(
  library: OrtLibrary,
  { network, weights, ranges }: { network: Network; weights: Weights; ranges?: Ranges },
): Promise<PredictionSession> {
  const layout = layoutOf(network)
  const graph = ranges
    ? quantisedGraph(network, weights, ranges)
    : inferenceGraph(layout, weights, { isWasm: library.name === 'wasm' })
  const session = await library.open(graph)
  const [pixelsName, featuresName, logitsName] = [...graph.inputs, ...graph.outputs].map(({ name }) => name)
  if (pixelsName === undefined || featuresName === undefined || logitsName === undefined)
    throw new Error(`${network.name} has not the ports of a network`)
  const { size, channels } = network.input
  const perImage = size * size * channels
  const length = layout.featureLength
  const fixed = layout.graph?.batch ?? 0
  const mostAtOnce = size < LARGE_PIXELS ? MOST_SMALL_AT_ONCE : MOST_LARGE_AT_ONCE
  return {
    async answer(pixels, count) {
      if (pixels.length !== count * perImage)
        throw new Error(
          `${network.name} takes ${perImage} values per image; ${count} images have ${pixels.length}`,
        )
      const logits = new Float32Array(count * network.classes)
      const features = new Float32Array(count * length)
      const most = fixed === 0 ? mostAtOnce : fixed
      for (let from = 0; from < count; from += most) {
        const images = Math.min(most, count - from)
        const given = pixels.subarray(from * perImage, (from + images) * perImage)
        const sides = [Math.max(images, fixed), size, size, channels]
        const outputs = await session.run({
          [pixelsName]: library.floats(filledUp(given, sizeOf(sides)), sides),
        })
        logits.set(
          floatsOf(outputs[logitsName]).subarray(0, images * network.classes),
          from * network.classes,
        )
        features.set(floatsOf(outputs[featuresName]).subarray(0, images * length), from * length)
      }
      return { logits, features }
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** With zeros up to this length, for a graph that takes a fixed number of images. */
function filledUp(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values
  const whole = new Float32Array(length)
  whole.set(values)
  return whole
}

export function floatsOf(tensor: { readonly data: unknown } | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('ONNX Runtime did not return a float32 tensor')
  return tensor.data
}
