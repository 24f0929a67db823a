/** A network as an ONNX graph with 8-bit numbers for inference, and the graph that shows which numbers occur. Both
 *  have batch norm folded and take the same pixels as the float32 graph (lib/ml/onnx/inference-graph.ts). */
import { answers } from '../learn/step.ts'
import { foldBatchNorm } from '../network/fold.ts'
import { INPUT, layoutOf, type Network, type Weights } from '../network/network.ts'
import { createGraph, type Graph } from '../onnx/graph.ts'
import { createStandardKernels, type Value } from '../onnx/standard-kernels.ts'
import type { GraphData } from '../onnx/writer.ts'
import { createQuantisedKernels, type OutputRange } from './quantised-kernels.ts'
import { quantisedValues } from './quantised-values.ts'
import type { Range } from './scales.ts'

/** By the layer whose output becomes 8-bit numbers; `input` is the image, where its pixels do. */
export type Ranges = Readonly<Record<string, Range>>

/** Ports: pixels [batch, size, size, channels] → features [batch, length], logits [batch, classes], in this order.
 *  @throws Error where a range is missing */
export function quantisedGraph(network: Network, weights: Weights, ranges: Ranges): GraphData {
  const layout = layoutOf(network)
  const folded = foldBatchNorm(layout, weights)
  const foldedLayout = layoutOf(folded.network)
  const { values, kernels } = quantisedValues(foldedLayout, ranges[INPUT] ? 'int8' : 'float32')
  const g = createGraph(network.name)
  const outputs = new Map<string, OutputRange>(
    values.map(({ layer, measured }) => {
      const range = ranges[layer]
      if (!range) throw new Error(`${network.name}: there is no range for ${layer}`)
      return [layer, { range, isLimited: measured !== layer }]
    }),
  )
  const k = createQuantisedKernels(g, outputs)
  const constants = Object.fromEntries(
    foldedLayout.specs.map((spec) => {
      const numbers = numbersOf(folded.weights, spec.name)
      const isInt8 = spec.role === 'kernel' && kernels.has(spec.layer)
      return [spec.name, isInt8 ? k.int8Kernel(numbers, spec.shape) : k.constant(numbers, spec.shape)]
    }),
  )
  const { logits, features } = answers(k, foldedLayout, {
    weights: constants,
    pixels: pixelsOf(g, network),
  })
  g.output(features.name, { name: 'features', type: 'float32', shape: ['batch', layout.featureLength] })
  g.output(logits.name, { name: 'logits', type: 'float32', shape: ['batch', network.classes] })
  return g.finish()
}

export type ExtremesGraph = {
  readonly graph: GraphData
  /** The names of its outputs, one number for each image, by layer. */
  readonly outputs: readonly { readonly layer: string; readonly low: string; readonly high: string }[]
}

/** The float32 graph with the smallest and the largest number of each value of `quantisedValues` as its outputs. */
export function extremesGraph(network: Network, weights: Weights): ExtremesGraph {
  const folded = foldBatchNorm(layoutOf(network), weights)
  const foldedLayout = layoutOf(folded.network)
  const g = createGraph(network.name)
  const measured = new Map<string, Value>()
  const k = {
    ...createStandardKernels(g, { batch: null, isWasm: false }),
    named(layer: string, y: Value): Value {
      measured.set(layer, y)
      return y
    },
  }
  const constants = Object.fromEntries(
    foldedLayout.specs.map(({ name, shape }) => [name, k.constant(numbersOf(folded.weights, name), shape)]),
  )
  answers(k, foldedLayout, { weights: constants, pixels: pixelsOf(g, network) })
  const extreme = (op: string, rows: string, name: string): string => {
    const output = g.op(op, [rows, g.ints(1)], { attributes: { keepdims: 0 } })
    g.output(output, { name, type: 'float32', shape: ['batch'] })
    return name
  }
  const outputs = quantisedValues(foldedLayout).values.map(({ layer, measured: from }) => {
    const rows = g.op('Flatten', [measured.get(from)!.name], { attributes: { axis: 1 } })
    return {
      layer,
      low: extreme('ReduceMin', rows, `${layer} low`),
      high: extreme('ReduceMax', rows, `${layer} high`),
    }
  })
  return { graph: g.finish(), outputs }
}

function pixelsOf(g: Graph, { input: { size, channels } }: Network): { readonly name: string } {
  return { name: g.input({ name: 'pixels', type: 'float32', shape: ['batch', size, size, channels] }) }
}

function numbersOf(weights: Weights, name: string): Float32Array {
  const numbers = weights[name]
  if (!numbers) throw new Error(`the weights lack ${name}`)
  return numbers
}
