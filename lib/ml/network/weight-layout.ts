/** Where each weight of a network is stored in the flat vectors of a learner: trained, measured and
 *  frozen ones. It does no arithmetic. */
import type { FlatWeights, LearnerSpec, Optimiser } from '../learn/learner.ts'
import { sizeOf, weightSpecs, type Weights, type WeightSpec } from './network.ts'
import { layersThatLearn } from '../learn/step.ts'

export type WeightPlan = {
  readonly trained: readonly WeightSpec[]
  readonly measured: readonly WeightSpec[]
  readonly fixed: readonly WeightSpec[]
  readonly trainedLength: number
  readonly measuredLength: number
}

export function planWeights({
  network,
  frozenThrough,
  batchNorm = 'learns',
}: Pick<LearnerSpec, 'network' | 'frozenThrough' | 'batchNorm'>): WeightPlan {
  const learns = layersThatLearn({ network, frozenThrough })
  const isNorm = (spec: WeightSpec): boolean => spec.role !== 'kernel' && spec.role !== 'bias'
  const isFixed = (spec: WeightSpec): boolean =>
    !learns.has(spec.layer) || (batchNorm === 'frozen' && isNorm(spec))
  const specs = weightSpecs(network)
  const trained = specs.filter((spec) => !isFixed(spec) && spec.isTrainable)
  const measured = specs.filter((spec) => !isFixed(spec) && !spec.isTrainable)
  return {
    trained,
    measured,
    fixed: specs.filter(isFixed),
    trainedLength: lengthOf(trained),
    measuredLength: lengthOf(measured),
  }
}

const lengthOf = (specs: readonly WeightSpec[]): number =>
  specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0)

export const flattened = (plan: WeightPlan, weights: Weights): FlatWeights => ({
  trained: concatenated(plan.trained, weights),
  measured: concatenated(plan.measured, weights),
})

export function unflattened(plan: WeightPlan, flat: FlatWeights, fixed: Weights): Weights {
  const named = Object.fromEntries(plan.fixed.map((spec) => [spec.name, fixed[spec.name]!]))
  return { ...named, ...split(plan.trained, flat.trained), ...split(plan.measured, flat.measured) }
}

/** 1 for each number with weight decay: kernels, not biases, not batch norm. */
export const decayMask = (plan: WeightPlan): Float32Array =>
  byRole(plan, (role) => (role === 'kernel' ? 1 : 0))

/** The rate of each number as a multiple of the rate; null when all are 1. */
export function paceMask(plan: WeightPlan, optimiser: Optimiser): Float32Array | null {
  const pace = optimiser.kind === 'sgd' ? (optimiser.shiftPace ?? 1) : 1
  return pace === 1 ? null : byRole(plan, (role) => (role === 'beta' ? pace : 1))
}

const byRole = (plan: WeightPlan, value: (role: WeightSpec['role']) => number): Float32Array => {
  const values = new Float32Array(plan.trainedLength)
  let offset = 0
  for (const { role, shape } of plan.trained) values.fill(value(role), offset, (offset += sizeOf(shape)))
  return values
}

export function concatenated(specs: readonly WeightSpec[], weights: Weights): Float32Array {
  const flat = new Float32Array(lengthOf(specs))
  let offset = 0
  for (const spec of specs) {
    const values = weights[spec.name]
    const length = sizeOf(spec.shape)
    if (values?.length !== length)
      throw new Error(
        `the weights have ${values?.length ?? 0} values for ${spec.name}, the network ${length}`,
      )
    flat.set(values, offset)
    offset += length
  }
  return flat
}

function split(specs: readonly WeightSpec[], flat: Float32Array): Weights {
  let offset = 0
  return Object.fromEntries(
    specs.map((spec) => [spec.name, flat.slice(offset, (offset += sizeOf(spec.shape)))]),
  )
}
