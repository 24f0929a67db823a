/** A network as an ONNX graph that answers: batch norm folded, weights inside, any number of images. It cannot learn. */
import { foldBatchNorm } from '../fold.ts'
import { featureLength, weightSpecs, type Network, type Weights } from '../network.ts'
import { answers } from '../step.ts'
import { createGraph } from './graph.ts'
import { createStandardKernels, type Dialect } from './standard-kernels.ts'
import type { GraphData } from './writer.ts'

/** Ports: pixels [batch, size, size, channels] → logits [batch, classes], features [batch, length]. */
export function inferenceGraph(network: Network, weights: Weights, { isWasm }: Pick<Dialect, 'isWasm'>): GraphData {
  const folded = foldBatchNorm(network, weights)
  const g = createGraph(network.name)
  const k = createStandardKernels(g, { batch: null, isWasm })
  const { size, channels } = network.input
  const pixels = { name: g.input({ name: 'pixels', type: 'float32', shape: ['batch', size, size, channels] }) }
  const constants = Object.fromEntries(weightSpecs(folded.network).map((spec) => [spec.name, k.constant(kernelOf(folded.weights, spec.name), spec.shape)]))
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
