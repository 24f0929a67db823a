/** Optimiser steps against numbers calculated by hand. */
import { expect, test } from 'vitest'
import type { Optimiser } from './learner.ts'
import { clipped, ratesOfStep, updated } from './optimisers.ts'
import { createReference } from '../reference/kernels.ts'
import { exact } from '../reference/exact.ts'

const k = createReference()
const one = (value: number) => exact([1], [value])

/** One weight that starts at 1; `decays` 1 and `paces` null unless given. */
function follow(
  optimiser: Optimiser,
  {
    gradients,
    rate,
    decays = 1,
    paces,
    moments,
  }: {
    gradients: readonly number[]
    rate: number
    decays?: number
    paces?: number
    moments: readonly number[]
  },
) {
  let state = { weights: one(1), moments: moments.map(one) as readonly ReturnType<typeof one>[] }
  gradients.forEach((gradient, index) => {
    const [plain, corrected] = ratesOfStep(optimiser, rate, index + 1)
    state = updated(k, optimiser, {
      ...state,
      gradient: one(gradient),
      rate: one(plain),
      correctedRate: one(corrected),
      decays: one(decays),
      paces: paces === undefined ? null : one(paces),
    })
  })
  return state.weights.data[0]!
}

test.each<[string, Optimiser, Parameters<typeof follow>[1], number]>([
  // g 0.5 + 0.1 × 1 = 0.6; m 0.9 × 0.2 + 0.6 = 0.78; w 1 − 0.1 (0.6 + 0.9 × 0.78)
  [
    'Nesterov with decay',
    { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.1 },
    { gradients: [0.5], rate: 0.1, moments: [0.2] },
    0.8698,
  ],
  [
    'plain momentum with decay',
    { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.1 },
    { gradients: [0.5], rate: 0.1, moments: [0.2] },
    0.922,
  ],
  [
    'a bias does not decay',
    { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.1 },
    { gradients: [0.5], rate: 0.1, decays: 0, moments: [0.2] },
    0.932,
  ],
  // m 0.9 × 0.2 + 0.5 = 0.68; w 1 − 64 × 0.001 × 0.68
  [
    'a shift follows faster',
    { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0, shiftPace: 64 },
    { gradients: [0.5], rate: 0.001, paces: 64, moments: [0.2] },
    0.95648,
  ],
  // the first step of Adam has the length of the rate
  ['Adam, first step', { kind: 'adam' }, { gradients: [0.5], rate: 0.01, moments: [0, 0] }, 0.99],
  // m −0.005, v 4.9975e-4, corrected rate 0.01 √(1 − 0.999²) / (1 − 0.9²) = 0.0023532
  [
    'Adam, second step back',
    { kind: 'adam' },
    { gradients: [0.5, -0.5], rate: 0.01, moments: [0, 0] },
    0.990526,
  ],
  [
    'AdamW shrinks apart from the gradient',
    { kind: 'adamw', weightDecay: 0.1 },
    { gradients: [0.5], rate: 0.01, moments: [0, 0] },
    0.989,
  ],
  [
    'AdamW leaves a bias alone',
    { kind: 'adamw', weightDecay: 0.1 },
    { gradients: [0.5], rate: 0.01, decays: 0, moments: [0, 0] },
    0.99,
  ],
])('%s', (_, optimiser, inputs, expected) => expect(follow(optimiser, inputs)).toBeCloseTo(expected, 6))

test.each([
  ['a long gradient is scaled to the limit', 1, [0.6, 0.8]],
  ['a short gradient is unchanged', 10, [3, 4]],
])('%s', (_, most, expected) => {
  const { data } = clipped(k, exact([2], [3, 4]), most)
  expected.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 9))
})
