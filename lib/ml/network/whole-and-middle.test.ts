import { expect, test } from 'vitest'
import { referenceAnswers, relativeError } from '../reference/step.ts'
import { resizeMatrix } from '../layers/resize.ts'
import { featureLength } from './network.ts'
import { liveWeights, someBatch, tinyNetworks } from './networks.fakes.ts'
import { seesMiddle, wholeAndMiddle } from './whole-and-middle.ts'

const PART = 0.7
const FACTORS = { whole: 0.4, middle: 0.3 }
const network = tinyNetworks.find(({ name }) => name.startsWith('squeeze-and-excitation, hard'))!
const weights = liveWeights(network, 2)
const both = wholeAndMiddle({ network, weights }, { part: PART, factors: FACTORS })

test('the features are the weighted sum of those of the image and of its middle', () => {
  const image = someBatch(network, 1, 3)
  const { size } = network.input
  const matrix = resizeMatrix(size, size, PART)
  const middle = new Float32Array(size * size * 3)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++)
        for (let v = 0; v < size; v++)
          for (let u = 0; u < size; u++)
            middle[(y * size + x) * 3 + c]! +=
              matrix[y * size + v]! * matrix[x * size + u]! * image.pixels[(v * size + u) * 3 + c]!

  const { features } = referenceAnswers(both.network, both.weights, image)

  const ofWhole = referenceAnswers(network, weights, image).features
  const ofMiddle = referenceAnswers(network, weights, { pixels: middle, count: 1 }).features
  const expected = ofWhole.map((value, i) => FACTORS.whole * value + FACTORS.middle * ofMiddle[i]!)
  expect(featureLength(both.network)).toBe(featureLength(network))
  expect(relativeError(features, expected)).toBeLessThan(1e-5)
  expect(relativeError(ofMiddle, ofWhole)).toBeGreaterThan(1e-2)
})

test('the logits come from the last layer of the network, on these features', () => {
  const image = someBatch(network, 1, 3)

  const { features, logits } = referenceAnswers(both.network, both.weights, image)

  const last = network.layers.at(-1)!.name
  const [kernel, bias] = [weights[`${last}/kernel`]!, weights[`${last}/bias`]!]
  const expected = [...bias].map((value, k) =>
    features.reduce((sum, feature, d) => sum + feature * kernel[d * bias.length + k]!, value),
  )
  expect(relativeError(logits, expected)).toBeLessThan(1e-5)
})

test('the middle fills the output: its first pixel lies as far from the edge as its last', () => {
  const matrix = resizeMatrix(200, 100, 0.5)
  const centreOf = (i: number): number =>
    matrix.subarray(i * 200, (i + 1) * 200).reduce((sum, weight, j) => sum + weight * (j + 0.5), 0)

  expect(centreOf(0)).toBeCloseTo(50.5, 4)
  expect(centreOf(99)).toBeCloseTo(149.5, 4)
})

test('whether a network sees the middle is known from its layers', () => {
  expect(seesMiddle(both.network)).toBe(true)
  expect(seesMiddle(network)).toBe(false)
  expect(tinyNetworks.filter(seesMiddle).map(({ name }) => name)).toEqual([
    'the middle of the image and the whole, and the sum of both vectors normalised',
  ])
})
