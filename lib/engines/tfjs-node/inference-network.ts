/** Inference on TensorFlow for one set of weights, batch norm folded, in pieces that limit its memory.
 *  It cannot train. */
import { foldBatchNorm } from '#lib/ml/network/fold.ts'
import type { NetworkAnswers } from '#lib/ml/learn/learner.ts'
import { layoutOf, sizeOf, type Network, type NetworkLayout, type Weights } from '#lib/ml/network/network.ts'
import { answers } from '#lib/ml/learn/step.ts'
import type { Tensor, TensorFlow } from './binding.ts'
import { createTensorFlowKernels } from './kernels.ts'

const MOST_AT_ONCE = 32 // images per run: more need more memory without saving time per image (2026-11)

export type LoadedNetwork = {
  /** With batch norm folded. */
  readonly layout: NetworkLayout
  readonly tensors: Readonly<Record<string, Tensor>>
}

export function loadWeights(tf: TensorFlow, original: Network, params: Weights): LoadedNetwork {
  const { network, weights } = foldBatchNorm(layoutOf(original), params)
  const layout = layoutOf(network)
  return tf.scope(() => {
    const tensors = Object.fromEntries(
      layout.specs.map((spec) => {
        const values = weights[spec.name]
        if (values?.length !== sizeOf(spec.shape))
          throw new Error(
            `the weights have ${values?.length ?? 0} values for ${spec.name}, the network ` +
              `${sizeOf(spec.shape)}`,
          )
        return [spec.name, tf.floats(values, spec.shape)]
      }),
    )
    return { answer: { layout, tensors }, keep: Object.values(tensors) }
  })
}

export const freeWeights = (tf: TensorFlow, { tensors }: LoadedNetwork): void =>
  tf.free(Object.values(tensors))

export function answer(
  tf: TensorFlow,
  { layout, tensors }: LoadedNetwork,
  pixels: Float32Array,
  count: number,
): NetworkAnswers {
  const { network, shapes, featureLength: length } = layout
  const shape = shapes.get('input')!
  const perImage = sizeOf(shape)
  if (pixels.length !== count * perImage)
    throw new Error(
      `${network.name} takes ${perImage} values per image; ${count} images have ${pixels.length}`,
    )
  const logits = new Float32Array(count * network.classes)
  const features = new Float32Array(count * length)
  const k = createTensorFlowKernels(tf, { precision: 'float32' })
  for (let from = 0; from < count; from += MOST_AT_ONCE) {
    const images = Math.min(MOST_AT_ONCE, count - from)
    tf.scope(() => {
      const outputs = answers(k, layout, {
        weights: tensors,
        pixels: tf.floats(pixels.subarray(from * perImage, (from + images) * perImage), [images, ...shape]),
      })
      logits.set(tf.read(outputs.logits), from * network.classes)
      features.set(tf.read(outputs.features), from * length)
      return { answer: null, keep: [] }
    })
  }
  return { logits, features }
}
