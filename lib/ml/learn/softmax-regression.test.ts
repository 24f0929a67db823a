import { expect, test } from 'vitest'
import { createRandom, normal } from '../random.ts'
import {
  flatLength,
  flatOf,
  headOf,
  regressed,
  regressionLogits,
  regressionLoss,
  scalingOf,
  standardised,
  type Regression,
  type Rows,
} from './softmax-regression.ts'

const [COUNT, LENGTH, CLASSES] = [40, 5, 3]

/** Overlapping clusters; targets are soft, like a teacher's, and rows have different weights. */
function cloudy(seed: number): Rows {
  const random = createRandom(seed)
  const rows = {
    count: COUNT,
    length: LENGTH,
    classes: CLASSES,
    features: new Float32Array(COUNT * LENGTH),
    targets: new Float32Array(COUNT * CLASSES),
    importance: new Float32Array(COUNT),
  }
  for (let i = 0; i < COUNT; i++) {
    const label = i % CLASSES
    for (let d = 0; d < LENGTH; d++) rows.features[i * LENGTH + d] = normal(random) + (d === label ? 1.5 : 0)
    for (let k = 0; k < CLASSES; k++) rows.targets[i * CLASSES + k] = k === label ? 0.75 : 0.125 // exact in float32
    rows.importance[i] = 0.5 + random()
  }
  return rows
}

const someHead = (seed: number): Float64Array => {
  const random = createRandom(seed)
  return new Float64Array(flatLength(LENGTH, CLASSES)).map((_, i) =>
    i < CLASSES * (LENGTH + 1) ? normal(random) : 0,
  )
}

const loss = (problem: Regression, flat: Float64Array): number =>
  regressionLoss(problem, flat, new Float64Array(flat.length))

test('the gradient agrees with finite differences', () => {
  const problem: Regression = { rows: cloudy(1), strength: 0.3, towards: someHead(2) }
  const flat = someHead(3)
  const gradient = new Float64Array(flat.length)
  regressionLoss(problem, flat, gradient)

  for (let i = 0; i < CLASSES * (LENGTH + 1); i++) {
    const moved = (by: number) =>
      loss(
        problem,
        flat.map((value, at) => (at === i ? value + by : value)),
      )
    expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8)
  }
})

/** The same loss implemented a second time, plainly and in another order: softmax by its definition. */
function plainLoss({ rows, strength, towards }: Regression, flat: Float64Array): number {
  let [sum, total] = [0, 0]
  for (let i = 0; i < COUNT; i++) {
    const powers = Array.from({ length: CLASSES }, (_, k) =>
      Math.exp(
        flat[k * (LENGTH + 1) + LENGTH]! +
          Array.from(
            { length: LENGTH },
            (_d, d) => rows.features[i * LENGTH + d]! * flat[k * (LENGTH + 1) + d]!,
          ).reduce((a, b) => a + b),
      ),
    )
    const all = powers.reduce((a, b) => a + b)
    powers.forEach((power, k) => {
      sum -= rows.importance[i]! * rows.targets[i * CLASSES + k]! * Math.log(power / all)
    })
    total += rows.importance[i]!
  }
  let pull = 0
  for (let k = 0; k < CLASSES; k++)
    for (let d = 0; d < LENGTH; d++)
      pull += (flat[k * (LENGTH + 1) + d]! - towards[k * (LENGTH + 1) + d]!) ** 2
  return sum / total + (strength / 2) * pull
}

test('the loss agrees with its definition, implemented plainly in float64', () => {
  const problem: Regression = { rows: cloudy(4), strength: 0.7, towards: someHead(5) }

  expect(loss(problem, someHead(6))).toBeCloseTo(plainLoss(problem, someHead(6)), 12)
})

test('the minimum is the one that plain gradient descent in float64 reaches after ten thousand steps', () => {
  const problem: Regression = {
    rows: cloudy(7),
    strength: 0.05,
    towards: new Float64Array(flatLength(LENGTH, CLASSES)),
  }
  const slow = new Float64Array(flatLength(LENGTH, CLASSES))
  const gradient = new Float64Array(slow.length)
  for (let step = 0; step < 10_000; step++) {
    regressionLoss(problem, slow, gradient)
    for (let i = 0; i < slow.length; i++) slow[i]! -= 0.5 * gradient[i]!
  }

  const { x, evaluations } = regressed(problem, new Float64Array(slow.length), {
    steps: 200,
    tolerance: 1e-13,
  })

  const off = Math.hypot(...x.map((value, i) => value - slow[i]!)) / Math.hypot(...slow)
  expect(off).toBeLessThan(1e-5)
  expect(evaluations).toBeLessThan(100)
})

test('with very strong regularisation, the weights stay at its centre', () => {
  const towards = someHead(8)

  const { x } = regressed({ rows: cloudy(9), strength: 1e6, towards }, towards, {
    steps: 50,
    tolerance: 1e-12,
  })

  for (let k = 0; k < CLASSES; k++)
    for (let d = 0; d < LENGTH; d++)
      expect(x[k * (LENGTH + 1) + d]).toBeCloseTo(towards[k * (LENGTH + 1) + d]!, 4)
})

test('a head for plain features and its flat vector for standardised ones give the same logits', () => {
  const { features } = cloudy(10)
  const random = createRandom(11)
  const head = {
    kernel: new Float32Array(LENGTH * CLASSES).map(() => normal(random)),
    bias: new Float32Array(CLASSES).map(() => normal(random)),
  }
  const shifted = features.map((value, i) => value * (1 + (i % LENGTH)) + 3)
  const scaling = scalingOf({ count: COUNT, length: LENGTH, features: shifted })

  const flat = flatOf(head, scaling, CLASSES)
  const logits = regressionLogits(flat, {
    count: COUNT,
    length: LENGTH,
    classes: CLASSES,
    features: standardised(shifted, scaling),
  })
  const back = headOf(flat, scaling, CLASSES)

  for (let k = 0; k < CLASSES; k++) {
    const plain =
      Array.from({ length: LENGTH }, (_, d) => shifted[d]! * head.kernel[d * CLASSES + k]!).reduce(
        (a, b) => a + b,
      ) + head.bias[k]!
    expect(logits[k]).toBeCloseTo(plain, 4)
    expect(back.bias[k]).toBeCloseTo(head.bias[k]!, 4)
  }
  back.kernel.forEach((value, i) => expect(value).toBeCloseTo(head.kernel[i]!, 5))
})

test('a constant feature is ignored instead of causing a division by zero', () => {
  const rows = cloudy(12)
  const still = rows.features.map((value, i) => (i % LENGTH === 0 ? 7 : value))

  const { spread } = scalingOf({ ...rows, features: still })

  expect(spread[0]).toBeGreaterThan(0)
  expect(standardised(still, scalingOf({ ...rows, features: still })).every(Number.isFinite)).toBe(true)
})
