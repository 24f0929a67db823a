import { expect, test } from 'vitest'
import type { RgbImage } from '../image.ts'
import { figuresOf, percentile } from './image-figures.ts'

/** Grey images, by rows. */
const image = (...rows: readonly (readonly number[])[]): RgbImage => ({
  width: rows[0]!.length,
  height: rows.length,
  data: Uint8Array.from(rows.flat().flatMap((level) => [level, level, level])),
})
const plain = (level: number, side = 8): RgbImage =>
  image(...Array.from({ length: side }, () => Array<number>(side).fill(level)))

test('percentiles lie linearly between the nearest ranks, as those of NumPy', () => {
  expect(percentile([1, 2, 3, 4], 0.25)).toBe(1.75)
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(percentile([7], 0.99)).toBe(7)
})

test('a grey image has the brightness of its level, no edges and no information', () => {
  expect(figuresOf(plain(51))).toMatchObject({ sharpness: 0, entropy: 0 })
  expect(figuresOf(plain(51)).brightness5).toBeCloseTo(0.2, 6) // 51 / 255
  expect(figuresOf(plain(51)).brightness99).toBeCloseTo(0.2, 6)
})

test('pure green is brighter than pure blue, by the weights of perceived brightness', () => {
  const green = figuresOf({ width: 1, height: 1, data: Uint8Array.of(0, 255, 0) })
  const blue = figuresOf({ width: 1, height: 1, data: Uint8Array.of(0, 0, 255) })

  expect(green.brightness99).toBeCloseTo(Math.sqrt(0.691), 9)
  expect(blue.brightness99).toBeCloseTo(Math.sqrt(0.068), 9)
})

test('four grey levels in equal parts hold two bits', () => {
  expect(figuresOf(image([0, 80], [160, 240])).entropy).toBeCloseTo(2, 9)
})

test('the sharpness is the standard deviation of the Laplacian, limited to 0 to 255', () => {
  // the two inner pixels: 8 × 20 − 0 = 160 for the bright one, 8 × 0 − 20 < 0 for its neighbour
  const spot = figuresOf(image([0, 0, 0, 0], [0, 20, 0, 0], [0, 0, 0, 0]))

  expect(spot.sharpness).toBeCloseTo(80, 9) // of 160 and 0: mean 80, both 80 away
})

test('an image too small for a Laplacian has no sharpness', () => {
  expect(figuresOf(image([0, 255], [255, 0])).sharpness).toBe(0)
})

test('the concentration is the standard deviation of the counts of 256 levels', () => {
  // 64 pixels of one level: mean 0.25, variance (63.75² + 255 × 0.25²) / 256 = 15.9375
  expect(figuresOf(plain(7)).concentration).toBeCloseTo(Math.sqrt(15.9375), 9)
})

test('equal pixels have equal digests, and any other pixel or proportion another one', () => {
  const digest = figuresOf(plain(7)).digest

  expect(figuresOf(plain(7)).digest).toBe(digest)
  expect(figuresOf(plain(8)).digest).not.toBe(digest)
  expect(figuresOf({ ...plain(7), width: 4, height: 16 }).digest).not.toBe(digest)
})
