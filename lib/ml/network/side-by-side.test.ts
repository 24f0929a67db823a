import { expect, test } from 'vitest'
import { referenceAnswers, relativeError } from '../reference/step.ts'
import { resizeMatrix } from '../layers/resize.ts'
import type { Network } from './network.ts'
import { liveWeights, someBatch, tinyNetworks } from './networks.fakes.ts'
import { sideBySide } from './side-by-side.ts'

const residual = tinyNetworks.find(({ name }) => name.startsWith('a residual branch before'))!
const squeezed = tinyNetworks.find(({ name }) => name.startsWith('squeeze-and-excitation, hard'))!

const branches = () =>
  [
    { name: 'left', network: residual, weights: liveWeights(residual, 1) },
    { name: 'right', network: squeezed, weights: liveWeights(squeezed, 2) },
  ] as const

test('the features are those of both networks, the smaller one on the image made smaller', () => {
  const [left, right] = branches()
  const both = sideBySide('both', [left, right], 4)
  const image = someBatch(both.network, 1, 3)
  const [from, to] = [squeezed.input.size, residual.input.size]
  const matrix = resizeMatrix(from, to)
  const smaller = new Float32Array(to * to * 3)
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++)
      for (let c = 0; c < 3; c++)
        for (let v = 0; v < from; v++)
          for (let u = 0; u < from; u++)
            smaller[(y * to + x) * 3 + c]! +=
              matrix[y * from + v]! * matrix[x * from + u]! * image.pixels[(v * from + u) * 3 + c]!

  const { features, logits } = referenceAnswers(both.network, both.weights, image)

  const expected = [
    ...referenceAnswers(left.network, left.weights, { pixels: smaller, count: 1 }).features,
    ...referenceAnswers(right.network, right.weights, image).features,
  ]
  expect(both.network.input.size).toBe(from)
  expect(relativeError(features, expected)).toBeLessThan(1e-6)
  expect([...logits]).toEqual([0, 0, 0, 0])
})

test('a network that takes pixels of another normalisation gets them', () => {
  const [left, right] = branches()
  const pixels = { scale: [0.5, 2, 1], offset: [0.1, -0.3, 0] }
  const both = sideBySide('both', [left, { ...right, pixels }], 4)
  const image = someBatch(both.network, 1, 3)
  const own = image.pixels.map((x, index) => x * pixels.scale[index % 3]! + pixels.offset[index % 3]!)

  const { features } = referenceAnswers(both.network, both.weights, image)

  const expected = referenceAnswers(right.network, right.weights, { pixels: own, count: 1 }).features
  const unchanged = referenceAnswers(right.network, right.weights, image).features
  expect(relativeError(features.subarray(-expected.length), expected)).toBeLessThan(1e-5)
  expect(relativeError(unchanged, expected)).toBeGreaterThan(1e-2)
})

test('a flat area keeps its colour, and every output pixel is a mean', () => {
  const matrix = resizeMatrix(224, 96)

  for (let i = 0; i < 96; i++) {
    const row = matrix.subarray(i * 224, (i + 1) * 224)
    expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5)
    expect(row.every((weight) => weight >= 0)).toBe(true)
  }
})

test('networks for images of different kinds are refused', () => {
  const grey: Network = tinyNetworks.find(({ input }) => input.channels === 1)!
  const [left] = branches()

  expect(() => sideBySide('both', [left, { name: 'grey', network: grey, weights: {} }], 2)).toThrow(
    'left and grey take images of different kinds',
  )
})
