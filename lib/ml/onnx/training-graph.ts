/** A whole training step as one ONNX graph: forward, backward, optimiser, running statistics. Weights are inputs
 *  and outputs in flat vectors (weight-layout.ts), so the graph keeps no state and its file holds only frozen
 *  weights. */
import type { LearnerSpec } from '../learn/learner.ts'
import { sizeOf, type Weights, type WeightSpec } from '../network/network.ts'
import { noisyLayers } from '../learn/dropout-noise.ts'
import { clipped, momentCount, updated } from '../learn/optimisers.ts'
import { decayMask, paceMask, type WeightPlan } from '../network/weight-layout.ts'
import { lossAndGradients, STATISTICS_DECAY, type Values } from '../learn/step.ts'
import { createGraph, type Graph } from './graph.ts'
import type { GraphKernels, Value } from './standard-kernels.ts'
import type { GraphData } from './writer.ts'

export type TrainingGraphSpec = Pick<
  LearnerSpec,
  'network' | 'optimiser' | 'frozenThrough' | 'batchNorm' | 'clipNorm' | 'statisticsDecay' | 'fitted'
> & {
  readonly batch: number
  /** The frozen ones become constants. */
  readonly weights: Weights
  readonly plan: WeightPlan
}

/** Ports: pixels, targets, noise.<layer>, rate [2], trained, measured, moment.<n> → loss, right, and `next.`
 *  + each state vector. */
export function trainingGraph(spec: TrainingGraphSpec, createKernels: (g: Graph) => GraphKernels): GraphData {
  const { network, plan, batch } = spec
  const g = createGraph(`${network.name}-step`)
  const k = createKernels(g)
  const { size, channels } = network.input
  const vector = (name: string, length: number): Value => ({
    name: g.input({ name, type: 'float32', shape: [length] }),
  })
  const pixels = { name: g.input({ name: 'pixels', type: 'float32', shape: [batch, size, size, channels] }) }
  const targets = { name: g.input({ name: 'targets', type: 'float32', shape: [batch, network.classes] }) }
  const noise = Object.fromEntries(
    noisyLayers(network).map(({ name, length }) => [
      name,
      { name: g.input({ name: `noise.${name}`, type: 'uint8', shape: [batch, length] }) },
    ]),
  )
  const trained = vector('trained', plan.trainedLength)
  const measured = plan.measuredLength > 0 ? vector('measured', plan.measuredLength) : null

  const weights: Values<Value> = {
    ...parts(g, plan.trained, trained.name),
    ...Object.fromEntries(plan.fixed.map((w) => [w.name, k.constant(spec.weights[w.name]!, w.shape)])),
  }
  const step = lossAndGradients(
    k,
    {
      network,
      frozenThrough: spec.frozenThrough,
      batchNorm: spec.batchNorm ?? 'learns',
      fitted: spec.fitted,
    },
    { weights, pixels, targets, noise, images: batch },
  )
  const gradient = joined(g, plan.trained, step.gradients)

  g.output(step.loss.name, { name: 'loss', type: 'float32', shape: [1] })
  g.output(step.right.name, { name: 'right', type: 'float32', shape: [1] })
  if (measured) {
    const decay = spec.statisticsDecay ?? STATISTICS_DECAY
    const next = k.add(k.scale(measured, decay), k.scale(joined(g, plan.measured, step.measured), 1 - decay))
    g.output(next.name, { name: 'next.measured', type: 'float32', shape: [plan.measuredLength] })
  }
  const [rate, correctedRate] = g.split(g.input({ name: 'rate', type: 'float32', shape: [2] }), [1, 1])
  const moments = Array.from({ length: momentCount(spec.optimiser) }, (_, n) =>
    vector(`moment.${n}`, plan.trainedLength),
  )
  const paces = paceMask(plan, spec.optimiser)
  const next = updated(k, spec.optimiser, {
    weights: trained,
    gradient: spec.clipNorm === undefined ? gradient : clipped(k, gradient, spec.clipNorm),
    moments,
    rate: { name: rate! },
    correctedRate: { name: correctedRate! },
    decays: k.constant(decayMask(plan), [plan.trainedLength]),
    paces: paces && k.constant(paces, [plan.trainedLength]),
  })
  g.output(next.weights.name, { name: 'next.trained', type: 'float32', shape: [plan.trainedLength] })
  next.moments.forEach((moment, n) =>
    g.output(moment.name, { name: `next.moment.${n}`, type: 'float32', shape: [plan.trainedLength] }),
  )
  return g.finish()
}

/** Names of the state vectors of a graph, without those that would be empty. */
export const stateNames = (spec: Pick<TrainingGraphSpec, 'optimiser' | 'plan'>): readonly string[] => [
  'trained',
  ...(spec.plan.measuredLength > 0 ? ['measured'] : []),
  ...Array.from({ length: momentCount(spec.optimiser) }, (_, n) => `moment.${n}`),
]

function parts(g: Graph, specs: readonly WeightSpec[], flat: string): Values<Value> {
  const names = g.split(
    flat,
    specs.map((spec) => sizeOf(spec.shape)),
  )
  return Object.fromEntries(
    specs.map((spec, i) => [
      spec.name,
      { name: spec.shape.length > 1 ? g.reshape(names[i]!, ...spec.shape) : names[i]! },
    ]),
  )
}

function joined(g: Graph, specs: readonly WeightSpec[], values: Values<Value>): Value {
  const flat = specs.map((spec) => {
    const value = values[spec.name]
    if (value === undefined) throw new Error(`no gradient reached ${spec.name}`)
    return spec.shape.length > 1 ? g.reshape(value.name, -1) : value.name
  })
  return { name: g.concat(flat, 0) }
}
