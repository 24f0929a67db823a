import { expect, test } from 'vitest'
import type { RgbImage } from './image.ts'
import { areCopies, copyLinks, fingerprintOf, likeness } from './near-copies.ts'
import { drawShape, SHAPES } from './drawn-shapes.ts'

test('a photograph cropped by 4 % on two sides and made lighter is a copy, another photograph is not', () => {
  const photograph = scene(1)

  expect(areCopies(fingerprintOf(photograph), fingerprintOf(changed(photograph, 0.04, 1.07)))).toBe(true)
  expect(areCopies(fingerprintOf(photograph), fingerprintOf(scene(2)))).toBe(false)
})

test('98 of 100 planted copies are found, and no two of a hundred photographs are linked', () => {
  const originals = Array.from({ length: 100 }, (_, i) => scene(100 + i))
  const prints = originals.map(fingerprintOf)

  const found = originals.filter((one, i) => {
    const chance = chanceOf(i)
    const copy = changed(one, 0.04 * chance(), 0.93 + 0.14 * chance())
    return areCopies(prints[i]!, fingerprintOf(copy))
  })

  expect(found.length).toBeGreaterThanOrEqual(98)
  expect([...copyLinks(prints)].flat()).toEqual([])
})

test('of 600 drawn shapes at most five are linked to another one', () => {
  const prints = SHAPES.flatMap((shape) =>
    Array.from({ length: 100 }, (_, i) => fingerprintOf(drawShape(shape, 500 + i))),
  )

  expect(new Set([...copyLinks(prints)].flat(2)).size).toBeLessThanOrEqual(5)
})

test('the same photograph in other colours is not a copy, and blank images are not copies of each other', () => {
  const photograph = scene(3)
  const swapped: RgbImage = {
    ...photograph,
    data: photograph.data.map((_, i, all) => all[i - (i % 3) + ((i + 1) % 3)]!),
  }
  const blank = (level: number): RgbImage => ({
    width: 40,
    height: 40,
    data: new Uint8Array(4_800).fill(level),
  })

  expect(areCopies(fingerprintOf(photograph), fingerprintOf(swapped))).toBe(false)
  expect(areCopies(fingerprintOf(blank(10)), fingerprintOf(blank(200)))).toBe(false)
})

test('new fingerprints are compared with older ones and with each other; older ones are not again', () => {
  const [a, b] = [fingerprintOf(scene(5)), fingerprintOf(scene(6))]
  const [a2, b2] = [
    fingerprintOf(changed(scene(5), 0.02, 1.03)),
    fingerprintOf(changed(scene(6), 0.02, 0.97)),
  ]

  expect([...copyLinks([a, a2, null, b, b2], 3)].flat()).toEqual([[3, 4]])
  expect(likeness(a, a2)).toBeGreaterThan(0.9)
})

function chanceOf(seed: number): () => number {
  let state = seed * 7_919 + 1
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

/** Something like a photograph: a dozen soft blobs of colour on a gradient. */
function scene(seed: number): RgbImage {
  const chance = chanceOf(seed)
  for (let i = 0; i < 20; i++) chance()
  const side = 96
  const blobs = Array.from({ length: 12 }, () => ({
    x: chance() * side,
    y: chance() * side,
    size: 6 + chance() * 22,
    colour: [chance() * 255 - 128, chance() * 255 - 128, chance() * 255 - 128],
  }))
  const data = new Uint8ClampedArray(side * side * 3)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++)
        data[(y * side + x) * 3 + c] = blobs.reduce(
          (sum, blob) =>
            sum + blob.colour[c]! * Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / (2 * blob.size ** 2)),
          128,
        )
  return { width: side, height: side, data: new Uint8Array(data) }
}

/** Cut by this share on the left and at the bottom, then brightened. */
function changed({ width, height, data }: RgbImage, share: number, brightness: number): RgbImage {
  const [left, bottom] = [Math.round(width * share), Math.round(height * share)]
  const [w, h] = [width - left, height - bottom]
  const out = new Uint8ClampedArray(w * h * 3)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w * 3; x++) out[y * w * 3 + x] = data[(y * width + left) * 3 + x]! * brightness
  return { width: w, height: h, data: new Uint8Array(out) }
}
