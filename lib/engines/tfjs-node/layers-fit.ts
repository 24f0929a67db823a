/** tfjs' own training, `LayersModel.fit` on tfjs-node, with which the product's learners are compared.
 *  The product does not train this way. */
import { createRequire } from 'node:module'
import type { Batch } from '#lib/ml/learn/learner.ts'
import { layoutOf, type Network, type Weights } from '#lib/ml/network/network.ts'
import { tfjsModel } from '#lib/ml/formats/tfjs.ts'

/** The part of tfjs that is used here. */
type Tensor = { dispose(): void }
type FitResult = { readonly history: Readonly<Record<string, readonly number[] | undefined>> }
type Model = {
  compile(how: {
    readonly optimizer: unknown
    readonly loss: (targets: Tensor, logits: Tensor) => Tensor
    readonly metrics: readonly string[]
  }): void
  fit(
    pixels: Tensor,
    targets: Tensor,
    how: {
      readonly batchSize: number
      readonly epochs: number
      readonly shuffle: boolean
      readonly verbose: number
    },
  ): Promise<FitResult>
}
export type Tfjs = {
  readonly version: Readonly<Record<string, string | undefined>>
  readonly io: {
    fromMemory(files: {
      readonly modelTopology: object
      readonly weightSpecs: readonly object[]
      readonly weightData: ArrayBuffer
    }): unknown
  }
  readonly train: { adam(rate: number): unknown }
  readonly losses: { softmaxCrossEntropy(targets: Tensor, logits: Tensor): Tensor }
  loadLayersModel(from: unknown): Promise<Model>
  tensor4d(values: Float32Array, shape: readonly number[]): Tensor
  tensor2d(values: Float32Array, shape: readonly number[]): Tensor
}

export type LayersFit = {
  readonly detail: string
  /** Returns the loss of the last epoch. */ fit(
    images: Batch,
    how: { readonly batch: number; readonly epochs: number },
  ): Promise<number>
}

export async function openLayersFit(network: Network, weights: Weights, rate: number): Promise<LayersFit> {
  const tf = loadTfjs()
  return fitOn(tf, {
    network,
    weights,
    rate,
    detail: `LayersModel.fit of tfjs ${tf.version['tfjs-layers'] ?? ''} on tfjs-node`,
  })
}

/** On the current backend of this tfjs. */
export async function fitOn(
  tf: Tfjs,
  {
    network,
    weights,
    rate,
    detail,
  }: { readonly network: Network; readonly weights: Weights; readonly rate: number; readonly detail: string },
): Promise<LayersFit> {
  const {
    model: { modelTopology, weightsManifest },
    weightsBin,
  } = tfjsModel(layoutOf(network), weights)
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights.map((spec) => ({ ...spec, shape: [...spec.shape] })),
      weightData: new Uint8Array(weightsBin).buffer,
    }),
  )
  model.compile({
    optimizer: tf.train.adam(rate),
    loss: (targets, logits) => tf.losses.softmaxCrossEntropy(targets, logits),
    metrics: ['accuracy'],
  })
  const { size, channels } = network.input
  return {
    detail,
    async fit({ pixels, targets, count }, { batch, epochs }) {
      const [x, y] = [
        tf.tensor4d(pixels, [count, size, size, channels]),
        tf.tensor2d(targets, [count, network.classes]),
      ]
      const { history } = await model.fit(x, y, { batchSize: batch, epochs, shuffle: false, verbose: 0 })
      for (const tensor of [x, y]) tensor.dispose()
      return history['loss']?.at(-1) ?? Number.NaN
    },
  }
}

/** Node 23 removed two functions that tfjs-node 4.22 calls. */
function loadTfjs(): Tfjs {
  const require = createRequire(import.meta.url)
  const util = require('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] ??= (x: unknown) => x === null || x === undefined
  util['isArray'] ??= Array.isArray
  return require('@tensorflow/tfjs-node') as Tfjs
}
