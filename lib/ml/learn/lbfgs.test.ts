import { expect, test } from 'vitest'
import { minimise, type Smooth } from './lbfgs.ts'

/** Rosenbrock 1960: a curved valley whose lowest point is (1, 1). */
const valley: Smooth = (x, gradient) => {
  const [a, b] = [x[0]!, x[1]!]
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a)
  gradient[1] = 200 * (b - a * a)
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2
}

test('the minimum of a curved valley is found in a few dozen steps', () => {
  const { x, steps } = minimise(valley, Float64Array.of(-1.2, 1), { steps: 200, tolerance: 1e-14 })

  expect(x[0]).toBeCloseTo(1, 5)
  expect(x[1]).toBeCloseTo(1, 5)
  expect(steps).toBeLessThan(60)
})

test('the minimum of a bowl a thousand times steeper in one direction is found to the last digit', () => {
  const steepness = [1, 10, 100, 1000]
  const bowl: Smooth = (x, gradient) =>
    steepness.reduce((sum, s, i) => {
      gradient[i] = s * (x[i]! - i)
      return sum + (s / 2) * (x[i]! - i) ** 2
    }, 0)

  const { x } = minimise(bowl, new Float64Array(4).fill(9), { steps: 100, tolerance: 0 })

  x.forEach((value, i) => expect(value).toBeCloseTo(i, 8))
})

test('from the minimum it does not move', () => {
  const { x, steps } = minimise(valley, Float64Array.of(1, 1), { steps: 50, tolerance: 0 })

  expect([...x]).toEqual([1, 1])
  expect(steps).toBe(0)
})

test('it never ends higher than it started, however few steps it has', () => {
  for (let steps = 0; steps < 12; steps++) {
    const start = minimise(valley, Float64Array.of(-1.2, 1), { steps, tolerance: 0 })
    const further = minimise(valley, Float64Array.of(-1.2, 1), { steps: steps + 1, tolerance: 0 })
    expect(further.value).toBeLessThan(start.value)
  }
})
