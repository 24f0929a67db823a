import { expect, test } from 'vitest'
import { liveWeights, tinyNetworks } from '#lib/ml/network/networks.fakes.ts'
import { wholeAndMiddle } from '#lib/ml/network/whole-and-middle.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { trainingViews, viewOf, type View } from './views.ts'

const SIZE = 160
const spec = preprocessFor({ size: SIZE, channels: 3, fit: 'cover' })

/** Red grows to the right, green downwards. */
const ramp = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
  const [pixel, channel] = [Math.floor(i / 3), i % 3]
  return [pixel % SIZE, Math.floor(pixel / SIZE), 0][channel]!
})
const pixelOf = (square: Uint8Array, x: number, y: number): readonly number[] => [
  ...square.subarray((y * SIZE + x) * 3, (y * SIZE + x) * 3 + 2),
]

test.each<[View, readonly number[], readonly number[]]>([
  // of the corners that become the first and the last pixel: red and green, which say where they were
  ['plain', [0, 0], [159, 159]],
  ['mirrored', [159, 0], [0, 159]],
  ['zoomed', [24, 24], [135, 135]],
])('%s shows its part of the image', (view, first, last) => {
  const square = viewOf(ramp, view, spec)

  expect(square).toHaveLength(ramp.length)
  pixelOf(square, 0, 0).forEach((value, i) => expect(Math.abs(value - first[i]!)).toBeLessThanOrEqual(1))
  pixelOf(square, SIZE - 1, SIZE - 1).forEach((value, i) =>
    expect(Math.abs(value - last[i]!)).toBeLessThanOrEqual(1),
  )
})

const network = tinyNetworks.find(({ name }) => name.startsWith('squeeze-and-excitation, hard'))!

test.each<[string, Parameters<typeof trainingViews>[0], boolean, readonly View[]]>([
  ['photographs', spec, true, ['plain', 'mirrored', 'zoomed']],
  ['images with a left and a right', spec, false, ['plain', 'zoomed']],
  ['objects that must not be cut', { ...spec, fit: 'contain' }, true, ['plain', 'mirrored']],
  ['squares too small to be cut', { ...spec, size: 96 }, true, ['plain', 'mirrored']],
  ['digits', { ...spec, fit: 'digit' }, false, ['plain']],
])('%s are trained on in the views that keep their class', (_, preprocess, isMirrored, expected) => {
  expect(trainingViews(preprocess, { isMirrored, network })).toEqual(expected)
})

test('for a network that sees the middle itself, the middle is no view of its own', () => {
  const both = wholeAndMiddle(
    { network, weights: liveWeights(network, 1) },
    { part: 0.7, factors: { whole: 1, middle: 1 } },
  )

  expect(trainingViews(spec, { isMirrored: true, network: both.network })).toEqual(['plain', 'mirrored'])
})
