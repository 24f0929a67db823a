/** The end of a graph for serving: logits and features become probabilities, the predicted class and the decision, by
 *  the rule of lib/domain/evaluation/decision.ts. The candidates are not computed: they depend on the hash of the
 *  image's file. */
import {
  fewestForThreshold,
  type Decision,
  type ReliabilityThresholds,
} from '#lib/domain/evaluation/decision.ts'
import type { Reference } from '../evaluate/familiarity.ts'
import { halfBytes } from '../formats/float16.ts'
import type { Graph } from './graph.ts'

/** The values of the output `decision`; 0: the version has no threshold. */
export const DECISION_CODES: Readonly<Record<Decision, number>> = {
  confident: 1,
  uncertain: 2,
  unfamiliar: 3,
}
const NO_DECISION = 0

const FLOAT = 1 // TensorProto.DataType
/** Keeps the direction of a zero vector zero. */
const LEAST_LENGTH = 1e-30

export type AnsweringNetwork = {
  readonly classes: number
  readonly featureLength: number
  readonly temperature: number
  readonly thresholds: ReliabilityThresholds
  /** Null: it measures no distance. */
  readonly reference: Reference | null
}

type NetworkValues = { readonly logits: string; readonly features: string; readonly isBlank: string }

/** Writes the outputs, with the number of images as their first side.
 *  @param batch that number, or the name under which it varies */
export function answerOutput(
  g: Graph,
  { logits, features, isBlank }: NetworkValues,
  { classes, featureLength, temperature, thresholds, reference }: AnsweringNetwork,
  batch: number | string,
): void {
  const probabilities = g.op('Softmax', [g.op('Div', [logits, g.float(temperature)])], {
    attributes: { axis: 1 },
  })
  const [confidence, predicted] = g.several('TopK', [probabilities, g.ints(1)], {
    outputs: 2,
    attributes: { axis: 1, largest: 1, sorted: 1 },
  })
  const distance = reference && distanceFrom(g, features, reference, featureLength)
  const decision = decisionOf(g, { confidence: confidence!, distance, isBlank }, thresholds)
  g.output(probabilities, { name: 'probabilities', type: 'float32', shape: [batch, classes] })
  g.output(predicted!, { name: 'predicted_index', type: 'int64', shape: [batch, 1] })
  g.output(confidence!, { name: 'confidence', type: 'float32', shape: [batch, 1] })
  g.output(decision, { name: 'decision', type: 'int64', shape: [batch, 1] })
  if (distance !== null) g.output(distance, { name: 'distance', type: 'float32', shape: [batch, 1] })
}

type DecisionValues = {
  readonly confidence: string
  readonly distance: string | null
  readonly isBlank: string
}

/** [batch, 1] */
function decisionOf(
  g: Graph,
  { confidence, distance, isBlank }: DecisionValues,
  { sureness, familiarUpTo }: ReliabilityThresholds,
): string {
  const code = (value: number): string => g.ints(value)
  const chosen = (): string => {
    if (sureness === null) return code(NO_DECISION)
    const { threshold, targetError, images } = sureness
    if (threshold === null) {
      const isMeasured = images >= fewestForThreshold(targetError)
      return code(isMeasured ? DECISION_CODES.uncertain : NO_DECISION)
    }
    const isBelow = g.op('Less', [confidence, g.float(threshold)])
    return g.op('Where', [isBelow, code(DECISION_CODES.uncertain), code(DECISION_CODES.confident)])
  }
  const isUnfamiliar =
    distance !== null && familiarUpTo !== null
      ? g.op('Or', [isBlank, g.op('Greater', [distance, g.float(familiarUpTo)])])
      : isBlank
  return g.op('Where', [isUnfamiliar, code(DECISION_CODES.unfamiliar), chosen()])
}

/** From the neighbour whose distance counts, as lib/ml/evaluate/feature-distance: [batch, 1]. */
function distanceFrom(
  g: Graph,
  features: string,
  { ids, vectors, centre, neighbour }: Reference,
  length: number,
): string {
  const moved = centre ? g.subtract(features, g.floats(centre, [length])) : features
  const squares = g.op('MatMul', [
    g.multiply(moved, moved),
    g.floats(new Float32Array(length).fill(1), [length, 1]),
  ])
  const lengths = g.op('Max', [g.op('Sqrt', [squares]), g.float(LEAST_LENGTH)])
  const directions = g.op('Div', [moved, lengths])
  const products = g.op('MatMul', [directions, g.transpose(stored(g, vectors, [ids.length, length]), 1, 0)])
  const [nearest] = g.several('TopK', [products, g.ints(neighbour)], {
    outputs: 2,
    attributes: { axis: 1, largest: 1, sorted: 1 },
  })
  const product = g.op('Gather', [nearest!, g.ints(neighbour - 1)], { attributes: { axis: 1 } })
  const squared = g.subtract(g.float(2), g.multiply(g.float(2), product))
  return g.op('Sqrt', [g.op('Max', [squared, g.float(0)])])
}

/** As float16, as `reference.bin` has them: half the size, and no number changes. */
function stored(g: Graph, values: Float32Array, shape: readonly number[]): string {
  const half = g.initialiser('float16', shape, halfBytes(values))
  return g.op('Cast', [half], { attributes: { to: FLOAT } })
}
