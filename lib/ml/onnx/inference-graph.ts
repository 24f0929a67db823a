/** A network as an ONNX graph for inference: batch norm folded, weights inside, any number of images. It
 *  cannot be trained. */
import { foldBatchNorm, type FoldedNetwork } from '../network/fold.ts'
import {
  featureLength,
  weightSpecs,
  type Network,
  type Weights,
  type WeightSpec,
} from '../network/network.ts'
import { answers } from '../learn/step.ts'
import { createGraph, type Graph } from './graph.ts'
import { createStandardKernels, type Dialect } from './standard-kernels.ts'
import type { GraphData } from './writer.ts'

/** Writes one weight of the folded network into the graph in its own way; null: as numbers inside the graph. */
export type PlaceWeight = (g: Graph, spec: WeightSpec, folded: FoldedNetwork) => string | null

/** Ports: pixels [batch, size, size, channels] → logits [batch, classes], features [batch, length]. */
export function inferenceGraph(
  network: Network,
  weights: Weights,
  { isWasm, place = () => null }: Pick<Dialect, 'isWasm'> & { readonly place?: PlaceWeight },
): GraphData {
  const folded = foldBatchNorm(network, weights)
  const g = createGraph(network.name)
  const k = createStandardKernels(g, { batch: null, isWasm })
  const { size, channels } = network.input
  const pixels = {
    name: g.input({ name: 'pixels', type: 'float32', shape: ['batch', size, size, channels] }),
  }
  const constants = Object.fromEntries(
    weightSpecs(folded.network).map((spec) => {
      const placed = place(g, spec, folded)
      return [
        spec.name,
        placed === null ? k.constant(kernelOf(folded.weights, spec.name), spec.shape) : { name: placed },
      ]
    }),
  )
  const { logits, features } = answers(k, folded.network, { weights: constants, pixels })
  g.output(features.name, { name: 'features', type: 'float32', shape: ['batch', featureLength(network)] })
  g.output(logits.name, { name: 'logits', type: 'float32', shape: ['batch', network.classes] })
  return g.finish()
}

function kernelOf(weights: Weights, name: string): Float32Array {
  const values = weights[name]
  if (!values) throw new Error(`the weights lack ${name}`)
  return values
}
