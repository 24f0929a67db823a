import { expect, test } from 'vitest'
import { classWeights } from './class-weights.ts'

const labels = Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1]) // six and two, and a third class without any

test('without balance each image has the same weight', () => {
  expect([...classWeights(labels, 3, 0)].slice(0, 2)).toEqual([1, 1])
})

test('near full balance each class has the same weight, and the sum over all images stays the same', () => {
  const weights = classWeights(labels, 3, 0.9999)

  expect(6 * weights[0]!).toBeCloseTo(2 * weights[1]!, 2)
  expect(6 * weights[0]! + 2 * weights[1]!).toBeCloseTo(8, 5)
  expect(weights[2]).toBe(0)
})

test('between them it is the effective number of Cui et al.: (1 − 0.9) / (1 − 0.9²) for two images', () => {
  const weights = classWeights(labels, 3, 0.9)

  expect(weights[1]! / weights[0]!).toBeCloseTo((1 - 0.9 ** 6) / (1 - 0.9 ** 2), 5)
})
