/** A version as one ONNX graph that any server of ONNX can run: decoded images in, probabilities and decision out. It
 *  puts the preprocessing before the network and temperature and thresholds after it, and computes neither itself. */
import { readFileSync } from 'node:fs'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { IMAGES_INPUT } from '#lib/contracts/open-inference.ts'
import type { ReliabilityThresholds } from '#lib/domain/evaluation/decision.ts'
import type { Reference } from '../evaluate/familiarity.ts'
import { layoutOf, type GraphFile, type Network, type Weights } from '../network/network.ts'
import { answerOutput } from './answer-output.ts'
import { createGraph } from './graph.ts'
import { imageInput } from './image-input.ts'
import { inferenceGraph } from './inference-graph.ts'
import { readOnnx } from './reader.ts'
import type { GraphData } from './writer.ts'

const OUTPUTS = ['probabilities', 'predicted_index', 'confidence', 'decision', 'distance'] as const
/** `TopK`, `Range` and `Pad` have their present form since then. */
const OLDEST_OPSET = 11

export type GraphVersion = {
  readonly network: Network
  readonly weights: Weights
  readonly preprocess: Preprocess
  readonly temperature: number
  readonly thresholds: ReliabilityThresholds
  readonly reference: Reference | null
}

/** Why a version has no such graph; null where it has one. */
export function servingHindrance({
  network,
  preprocess,
}: Pick<GraphVersion, 'network' | 'preprocess'>): string | null {
  if (preprocess.fit === 'digit') return 'it reads digits, whose preparation exists only in Darkroom'
  const { graph } = layoutOf(network)
  return graph && hindranceIn(graph)
}

/** @throws Error for a version with a hindrance */
export function servingGraph(version: GraphVersion): GraphData {
  const hindrance = servingHindrance(version)
  if (hindrance !== null) throw new Error(`there is no graph for serving: ${hindrance}`)
  const { network, weights, preprocess, temperature, thresholds, reference } = version
  const layout = layoutOf(network)
  const model = inferenceGraph(layout, weights, { isWasm: false })
  const [pixels] = model.inputs
  const [features, logits] = model.outputs
  const batch = pixels!.shape![0]! // any number, or it has a hindrance

  const start = createGraph(network.name, 'darkroom.start.')
  const images = { name: IMAGES_INPUT, type: 'uint8', shape: [batch, 'height', 'width', 3] } as const
  const input = imageInput(start, start.input(images), preprocess)
  start.rename(input.pixels, pixels!.name)

  const end = createGraph(network.name, 'darkroom.end.')
  answerOutput(
    end,
    { logits: logits!.name, features: features!.name, isBlank: input.isBlank },
    { classes: network.classes, featureLength: layout.featureLength, temperature, thresholds, reference },
    batch,
  )
  const before = start.finish()
  const after = end.finish()
  return {
    name: network.name,
    nodes: [...before.nodes, ...model.nodes, ...after.nodes],
    initialisers: [...before.initialisers, ...model.initialisers, ...after.initialisers],
    inputs: before.inputs,
    outputs: after.outputs,
    ...(model.embedded && {
      embedded: { ...model.embedded, after: model.embedded.after + before.nodes.length },
    }),
  }
}

function hindranceIn({ file, batch }: GraphFile): string | null {
  if (batch !== 0) return `its pretrained network takes ${batch} images at a time, no more and no fewer`
  const { graph, opsets } = readOnnx(readFileSync(file))
  const opset = opsets.get('') ?? 0
  if (opset < OLDEST_OPSET)
    return `its pretrained network uses operator set ${opset}, and the preprocessing needs ${OLDEST_OPSET}`
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initialisers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ])
  const name = [IMAGES_INPUT, ...OUTPUTS].find((port) => taken.has(port))
  return name === undefined ? null : `its pretrained network has a value that is named "${name}" itself`
}
