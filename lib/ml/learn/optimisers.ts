/** How weights follow their gradient, on flat vectors of all trained weights, written against the kernels.
 *  The rate is an input; schedules are elsewhere. */
import type { Kernels } from '../network/kernels.ts'
import type { Optimiser } from './learner.ts'

const BETA1 = 0.9 // Kingma & Ba 2015
const BETA2 = 0.999
const ADAM_EPSILON = 1e-7 // Keras' default

/** How many vectors the optimiser stores in addition to the weights. */
export const momentCount = (optimiser: Optimiser): number => (optimiser.kind === 'sgd' ? 1 : 2)

/** The rates of a step: the rate itself, and Adam's, corrected for moments that started at
 *  zero. */
export function ratesOfStep(optimiser: Optimiser, rate: number, step: number): readonly [number, number] {
  if (optimiser.kind === 'sgd') return [rate, rate]
  const { beta1 = BETA1, beta2 = BETA2 } = optimiser
  return [rate, (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step)]
}

export type OptimiserInputs<V> = {
  readonly weights: V
  readonly gradient: V
  readonly moments: readonly V[]
  /** One-element values, from `ratesOfStep`. */
  readonly rate: V
  readonly correctedRate: V
  /** 1 where weight decay applies (kernels), 0 elsewhere. */
  readonly decays: V
  /** The rate of each weight as a multiple of the rate; null: 1 for all of them. */
  readonly paces: V | null
}

export function updated<V>(
  k: Kernels<V>,
  optimiser: Optimiser,
  inputs: OptimiserInputs<V>,
): { weights: V; moments: readonly V[] } {
  switch (optimiser.kind) {
    case 'sgd':
      return sgd(k, optimiser, inputs)
    case 'adam':
    case 'adamw':
      return adam(k, optimiser, inputs)
  }
}

/** Sutskever et al. 2013 as PyTorch writes it: m = μ m + g; w −= pace × rate × (nesterov ? g + μ m : m). */
function sgd<V>(
  k: Kernels<V>,
  { momentum, nesterov, weightDecay }: Extract<Optimiser, { kind: 'sgd' }>,
  inputs: OptimiserInputs<V>,
) {
  const gradient =
    weightDecay === 0
      ? inputs.gradient
      : k.add(inputs.gradient, k.multiply(k.scale(inputs.decays, weightDecay), inputs.weights))
  const moment = k.add(k.scale(inputs.moments[0]!, momentum), gradient)
  const direction = nesterov ? k.add(gradient, k.scale(moment, momentum)) : moment
  const rate = inputs.paces === null ? inputs.rate : k.multiply(inputs.paces, inputs.rate)
  return { weights: k.subtract(inputs.weights, k.multiply(direction, rate)), moments: [moment] }
}

/** Kingma & Ba 2015, with weight decay decoupled from the gradient (Loshchilov & Hutter 2019) for adamw. */
function adam<V>(k: Kernels<V>, optimiser: Exclude<Optimiser, { kind: 'sgd' }>, inputs: OptimiserInputs<V>) {
  const { beta1 = BETA1, beta2 = BETA2, epsilon = ADAM_EPSILON } = optimiser
  const first = k.add(k.scale(inputs.moments[0]!, beta1), k.scale(inputs.gradient, 1 - beta1))
  const second = k.add(
    k.scale(inputs.moments[1]!, beta2),
    k.scale(k.multiply(inputs.gradient, inputs.gradient), 1 - beta2),
  )
  const small = k.constant(Float32Array.of(epsilon), [1])
  const change = k.divide(k.multiply(first, inputs.correctedRate), k.add(k.squareRoot(second), small))
  const decayed =
    optimiser.kind === 'adamw' && optimiser.weightDecay !== 0
      ? k.subtract(
          inputs.weights,
          k.multiply(k.multiply(k.scale(inputs.decays, optimiser.weightDecay), inputs.weights), inputs.rate),
        )
      : inputs.weights
  return { weights: k.subtract(decayed, change), moments: [first, second] }
}

/** The gradient, scaled down where its length passes `most` (Pascanu et al. 2013). */
export function clipped<V>(k: Kernels<V>, gradient: V, most: number): V {
  const length = k.squareRoot(k.total(k.multiply(gradient, gradient)))
  const never = k.constant(Float32Array.of(1e-12), [1]) // against division by zero
  return k.multiply(
    gradient,
    k.atMost(k.divide(k.constant(Float32Array.of(most), [1]), k.add(length, never)), 1),
  )
}
