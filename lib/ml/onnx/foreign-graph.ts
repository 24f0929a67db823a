/** A graph of another program inside one of ours: pixels are put into its order before it, its value becomes a vector
 *  of features after it, and a last layer stands on them. Its own nodes and numbers stay as they are. The operators
 *  around it are the same in every operator set from 7 on, because the whole file has the sets of that program. */
import { readFileSync } from 'node:fs'
import type { GraphFile, Network, NetworkLayout, ReadingMethod, Weights } from '../network/network.ts'
import { createGraph, type Graph } from './graph.ts'
import type { PlaceWeight } from './place-weight.ts'
import { readOnnx, type OnnxFile, type OnnxGraph, type OnnxNode, type OnnxTensor } from './reader.ts'
import type { EmbeddedGraph, GraphData, Initialiser } from './writer.ts'

/** The file of such a graph in a bundle. */
export const BACKBONE_FILE = 'backbone.onnx'
/** Operators broadcast since then. */
export const OLDEST_OPSET = 7

/** TensorProto.DataType of what can be stored outside the file. */
const REFERABLE = { 1: 'float32', 10: 'float16' } as const
const FLOAT32 = 1
const FLOAT16 = 10
const LEAST_REFERRED_BYTES = 1_024
const PREFIX = 'darkroom.'
const OLDEST_IR = 4 // from here on, an initialiser need not be an input

export type ForeignOptions = {
  readonly place: PlaceWeight
  /** Whether its numbers stay in backbone.onnx next to the file, at their offsets there. */
  readonly isReferenced: boolean
}

/** Ports: pixels [batch, size, size, channels] → features [batch, length], logits [batch, classes], in this order;
 *  where the graph has such names itself, they begin with `darkroom.`.
 *  @throws Error where the file cannot be read. */
export function foreignInferenceGraph(
  { network, graph, specs, featureLength }: NetworkLayout & { readonly graph: GraphFile },
  weights: Weights,
  { place, isReferenced }: ForeignOptions,
): GraphData {
  const file = readOnnx(readFileSync(graph.file))
  const g = createGraph(network.name, PREFIX)
  const portName = freeName(file.graph)
  const count = graph.batch === 0 ? 'batch' : graph.batch
  writePixels(g, graph, { name: portName('pixels'), sides: [count, ...sidesOf(network)] })
  const after = g.size()
  const features = vectorOf(g, asFloats(g, graph.value, graph), graph.reading)
  g.output(features, { name: portName('features'), type: 'float32', shape: [count, featureLength] })
  const head = Object.fromEntries(
    specs.map((spec) => {
      const placed = place(g, spec, { network, weights, scales: {} })
      return [spec.role, placed ?? g.floats(weights[spec.name]!, spec.shape)]
    }),
  )
  const logits = g.op('Gemm', [features, head['kernel']!, ...(head['bias'] ? [head['bias']] : [])])
  g.output(logits, { name: portName('logits'), type: 'float32', shape: [count, network.classes] })
  return { ...g.finish(), embedded: embedded(file, [graph.value], { after, isReferenced }) }
}

export type ProbeInput = Pick<GraphFile, 'input' | 'layout' | 'isHalf'> & {
  /** images, size, size, channels */
  readonly sides: readonly number[]
}

/** Pixels (the only input) → the named values of the file, as they are. */
export function probeGraph(file: OnnxFile, input: ProbeInput, values: readonly string[]): GraphData {
  const g = createGraph('probe', PREFIX)
  writePixels(g, input, { name: freeName(file.graph)('pixels'), sides: input.sides })
  const after = g.size()
  values.forEach((value, i) => {
    const copy = asFloats(g, g.op('Identity', [value]), input)
    g.output(copy, { name: `${PREFIX}value-${i}`, type: 'float32', shape: null })
  })
  return { ...g.finish(), embedded: embedded(file, values, { after, isReferenced: false }) }
}

const sidesOf = ({ input: { size, channels } }: Network): readonly number[] => [size, size, channels]

/** The image in the order and type that the graph takes, under the name that it reads. */
function writePixels(
  g: Graph,
  { input, layout, isHalf }: Pick<GraphFile, 'input' | 'layout' | 'isHalf'>,
  { name, sides }: { readonly name: string; readonly sides: readonly (number | string)[] },
): void {
  const pixels = g.input({ name, type: 'float32', shape: sides })
  const ordered = layout === 'nchw' ? g.transpose(pixels, 0, 3, 1, 2) : g.op('Identity', [pixels])
  g.rename(isHalf ? g.op('Cast', [ordered], { attributes: { to: FLOAT16 } }) : ordered, input)
}

const asFloats = (g: Graph, value: string, { isHalf }: Pick<GraphFile, 'isHalf'>): string =>
  isHalf ? g.op('Cast', [value], { attributes: { to: FLOAT32 } }) : value

/** [batch, features] */
function vectorOf(g: Graph, value: string, reading: ReadingMethod): string {
  const flat = (x: string): string => g.op('Flatten', [x], { attributes: { axis: 1 } })
  const mean = (x: string): string => flat(g.op('GlobalAveragePool', [x]))
  switch (reading) {
    case 'vector':
      return flat(value)
    case 'first-token':
      return flat(g.op('Gather', [value, g.ints(0)], { attributes: { axis: 1 } }))
    case 'mean-of-tokens':
      return mean(g.transpose(value, 0, 2, 1))
    case 'pooled-nchw':
      return mean(value)
    case 'pooled-nhwc':
      return mean(g.transpose(value, 0, 3, 1, 2))
  }
}

/** The part of a graph that these values depend on. */
function embedded(
  { graph, irVersion, opsets, functions }: OnnxFile,
  values: readonly string[],
  { after, isReferenced }: { readonly after: number; readonly isReferenced: boolean },
): EmbeddedGraph {
  const needed = new Set(values)
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      const isNeeded = node.outputs.some((name) => needed.has(name))
      if (isNeeded) for (const name of readBy(node)) needed.add(name)
      return isNeeded
    })
    .reverse()
  return {
    irVersion: Math.max(irVersion, OLDEST_IR),
    opsets,
    nodes: nodes.map(({ message }) => message),
    after,
    initialisers: graph.initialisers
      .filter(({ name }) => needed.has(name))
      .map((tensor) => (isReferenced ? referred(tensor) : tensor.message)),
    sparse: graph.sparse.map(({ message }) => message),
    functions: functions.map(({ message }) => message),
  }
}

/** The names that a node reads, and those that the graphs inside it read from around them. */
function readBy({ inputs, subgraphs }: OnnxNode): readonly string[] {
  return [
    ...inputs,
    ...subgraphs.flatMap(({ nodes, outputs }) => [
      ...nodes.flatMap(readBy),
      ...outputs.map(({ name }) => name),
    ]),
  ]
}

/** A large tensor as its place in backbone.onnx. */
function referred({ name, shape, type, raw, message }: OnnxTensor): Uint8Array | Initialiser {
  const element = type === FLOAT32 || type === FLOAT16 ? REFERABLE[type] : undefined
  if (!element || raw === null || raw.length < LEAST_REFERRED_BYTES) return message
  return { name, shape, type: element, bytes: { file: BACKBONE_FILE, ...raw } }
}

function freeName({ nodes, initialisers, inputs }: OnnxGraph): (name: string) => string {
  const taken = new Set([
    ...nodes.flatMap(({ outputs }) => outputs),
    ...initialisers.map(({ name }) => name),
    ...inputs.map(({ name }) => name),
  ])
  return (name) => (taken.has(name) ? `${PREFIX}${name}` : name)
}
