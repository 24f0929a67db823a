import { expect, test } from 'vitest'
import { parameterCount, shapesOf } from '../network/network.ts'
import { augmentationFor, batchFor, epochsFor, epochsOnwards } from './recipe.ts'
import { RECIPES } from './list.ts'
import { smallNetwork } from './small-network.ts'

test.each([
  [28, 1],
  [32, 3],
  [48, 3],
  [64, 3],
  [96, 3],
  [128, 3],
])('the network for %i × %i images is consistent and below 900,000 parameters', (size, channels) => {
  const network = smallNetwork({ size, channels }, 10)

  expect(shapesOf(network).get('logits')).toEqual([10])
  expect(parameterCount(network)).toBeLessThan(900_000)
})

test('the network for 32 pixels has the number of parameters counted by hand', () => {
  const kernels = 9 * (3 * 32 + 32 * 64 + 64 * 128 + 128 * 128 + 128 * 192 + 192 * 192)
  const norms = 4 * (32 + 64 + 2 * 128 + 2 * 192)

  expect(parameterCount(smallNetwork({ size: 32, channels: 3 }, 10))).toBe(kernels + norms + 192 * 10 + 10)
})

test('each recipe is listed under its own name', () => {
  expect(Object.entries(RECIPES).every(([name, recipe]) => recipe.name === name)).toBe(true)
})

test.each([
  [50_000, 128, 128],
  [1_075, 128, 32],
  [500, 128, 16],
  [60, 128, 16],
  [5, 128, 5],
])('%i images in batches of %i are trained in batches of %i', (images, batch, expected) => {
  expect(batchFor(images, batch)).toBe(expected)
})

test('a classifier that does not allow flips is never trained on mirrored images', () => {
  expect(augmentationFor({ flip: true, shift: 2 }, false)).toEqual({ flip: false, shift: 2 })
})

test.each([
  [50_000, 20],
  [10_000, 20],
  [2_000, 32],
  [300, 54],
  [100, 160],
  [10, 200],
])('%i images are shown %i times from random weights', (images, epochs) => {
  expect(epochsFor(images, { epochs: 20, batch: 128 })).toBe(epochs)
})

test.each([
  [50_000, 3],
  [10_000, 8],
  [1_000, 8],
  [500_000, 2],
])('when training continues from a version, %i images are shown %i times', (images, epochs) => {
  expect(epochsOnwards(images, { epochs: 8, batch: 64 })).toBe(epochs)
})
