/** A network as an ONNX graph for inference: batch norm folded, weights inside, any number of images. It
 *  cannot be trained. */
import { foldBatchNorm } from '../network/fold.ts'
import { layoutOf, type NetworkLayout, type Weights } from '../network/network.ts'
import { answers } from '../learn/step.ts'
import { foreignInferenceGraph, type ForeignOptions } from './foreign-graph.ts'
import { createGraph } from './graph.ts'
import { createStandardKernels, type Dialect } from './standard-kernels.ts'
import type { GraphData } from './writer.ts'

export type InferenceOptions = Pick<Dialect, 'isWasm'> & Partial<ForeignOptions>

/** Ports: pixels [batch, size, size, channels] → features [batch, length], logits [batch, classes], in this order. */
export function inferenceGraph(
  layout: NetworkLayout,
  weights: Weights,
  { isWasm, place = () => null, isReferenced = false }: InferenceOptions,
): GraphData {
  const { network, graph } = layout
  if (graph) return foreignInferenceGraph({ ...layout, graph }, weights, { place, isReferenced })
  const folded = foldBatchNorm(layout, weights)
  const foldedLayout = layoutOf(folded.network)
  const g = createGraph(network.name)
  const k = createStandardKernels(g, { batch: null, isWasm })
  const { size, channels } = network.input
  const pixels = {
    name: g.input({ name: 'pixels', type: 'float32', shape: ['batch', size, size, channels] }),
  }
  const constants = Object.fromEntries(
    foldedLayout.specs.map((spec) => {
      const placed = place(g, spec, folded)
      return [
        spec.name,
        placed === null ? k.constant(kernelOf(folded.weights, spec.name), spec.shape) : { name: placed },
      ]
    }),
  )
  const { logits, features } = answers(k, foldedLayout, { weights: constants, pixels })
  g.output(features.name, { name: 'features', type: 'float32', shape: ['batch', layout.featureLength] })
  g.output(logits.name, { name: 'logits', type: 'float32', shape: ['batch', network.classes] })
  return g.finish()
}

function kernelOf(weights: Weights, name: string): Float32Array {
  const values = weights[name]
  if (!values) throw new Error(`the weights lack ${name}`)
  return values
}
