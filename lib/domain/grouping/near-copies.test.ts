import { expect, test } from 'vitest'
import type { RgbImage } from '../image.ts'
import { areCopies, copyLinks, FINGERPRINT_BYTES, fingerprintOf, likeness } from './near-copies.ts'
import { drawShape, SHAPES } from '../drawn-shapes.ts'

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

test('a crop that can be aligned in one direction only is a copy, whichever image comes first', () => {
  const [photograph, crop] = [scene(109), changed(scene(109), 0.06, 1)].map(fingerprintOf)

  // found by search: 0.9998 one way, 0.926 the other
  expect(areCopies(photograph!, crop!)).toBe(true)
  expect(areCopies(crop!, photograph!)).toBe(true)
})

const SIDE = 32
const GREY_BYTES = SIDE * SIDE

test('the grey levels of 32 × 32 cells are smoothed by 1, 2, 1 in both directions', () => {
  const lights: [x: number, y: number][] = [
    [0, 0],
    [10, 20],
    [31, 31],
  ]
  const print = fingerprintOf(
    imageOf(SIDE, SIDE, (x, y) =>
      lights.some(([a, b]) => a === x && b === y) ? [160, 160, 160] : [0, 0, 0],
    ),
  )

  // a quarter of a light stays, an eighth goes to each side; at a corner nine sixteenths stay
  const around = (x: number, y: number): number[] =>
    [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => print[(y + dy) * SIDE + x + dx]!))
  expect(around(10, 20)).toEqual([10, 20, 10, 20, 40, 20, 10, 20, 10])
  expect([print[0], print[1], print[SIDE], print[SIDE + 1]]).toEqual([90, 30, 30, 10])
  expect([1_023, 1_022, 991, 990].map((at) => print[at])).toEqual([90, 30, 30, 10])
  expect(print.subarray(0, GREY_BYTES).filter(Boolean)).toHaveLength(4 + 9 + 4)
})

test('grey and colours are those of JFIF, and a fingerprint has 1,056 bytes', () => {
  const known: [rgb: Rgb, yCbCr: Rgb][] = [
    [
      [255, 0, 0],
      [76, 85, 255],
    ],
    [
      [0, 0, 0],
      [0, 128, 128],
    ],
    [
      [0, 255, 0],
      [150, 44, 21],
    ],
    [
      [200, 100, 50],
      [124, 86, 182],
    ],
    [
      [0, 0, 255],
      [29, 255, 107],
    ],
    [
      [255, 255, 255],
      [255, 128, 128],
    ],
    [
      [255, 0, 255],
      [105, 212, 235],
    ],
    [
      [10, 200, 90],
      [131, 105, 42],
    ],
  ]
  const at = (x: number, y: number) => known[(y * 4 + x + (y >= 2 ? 3 : 0)) % 8]!
  const print = fingerprintOf(imageOf(4, 4, (x, y) => at(x, y)[0]))

  expect(print).toHaveLength(1_056)
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 4; x++) {
      const [cb, cr] = print.subarray(GREY_BYTES + (y * 4 + x) * 2)
      expect([print[(y * 8 + 4) * SIDE + x * 8 + 4], cb, cr]).toEqual(at(x, y)[1])
    }
})

test('a pixel on the border of two cells counts in each by its share', () => {
  const [across, down] = [
    [0, 30, 90, 30, 60, 0],
    [0, 120, 60],
  ]
  const print = fingerprintOf(imageOf(6, 3, (x, y) => [0, 0, across[x]! + down[y]!]))

  // cells of 1.5 pixels across: (2 · 0 + 30) / 3 …; of 0.75 down: 0, (0.25 · 0 + 0.5 · 120) / 0.75 …
  const [means, meansDown] = [
    [10, 70, 40, 20],
    [0, 80, 100, 60],
  ]
  const blueness = [...print.subarray(GREY_BYTES)].filter((_, i) => i % 2 === 0)
  expect(blueness).toEqual(meansDown.flatMap((y) => means.map((x) => 128 + (x + y) / 2)))
})

test('single light blocks are alike in the same place and by −1/63 in others; nothing is like a blank image', () => {
  const block = (x: number, y: number): Uint8Array =>
    printOf((a, b) => (Math.floor(a / 4) === x && Math.floor(b / 4) === y ? 200 : 100))
  const places = [block(0, 0), block(1, 0), block(0, 1), block(1, 1), block(7, 7)]

  // one of 64 cells is light: the correlation of two such grids
  for (const [i, one] of places.entries())
    for (const [k, other] of places.entries())
      expect(likeness(one, other)).toBeCloseTo(i === k ? 1 : -1 / 63, 6)
  expect(
    likeness(
      places[0]!,
      printOf(() => 100),
    ),
  ).toBe(0)
  const faint = printOf((x, y) => (x + y === 0 ? 101 : 100))
  expect(likeness(faint, faint)).toBeCloseTo(1, 6)
})

test('an image is blank below a standard deviation of four grey levels', () => {
  const halves = (right: number): Uint8Array => printOf((x) => (x < 16 ? 100 : right))

  expect(areCopies(halves(108), halves(108))).toBe(true)
  expect(areCopies(halves(108), halves(107))).toBe(false)
  expect(areCopies(halves(107), halves(108))).toBe(false)
})

test('colours may differ by ten levels on average, and not by more', () => {
  const print = printOf((x, y) => 4 * x + 3 * y)
  const tinted = (by: readonly number[]): Uint8Array =>
    print.map((level, i) => (i < GREY_BYTES ? level : level + by[i % by.length]!))

  expect(areCopies(print, tinted([20, 0]))).toBe(true)
  expect(areCopies(print, tinted([10]).fill(139, GREY_BYTES, GREY_BYTES + 1))).toBe(false)
})

test('each image has its own list of links, the first one an empty list', () => {
  const print = fingerprintOf(scene(8))

  expect([...copyLinks([print, print])]).toEqual([[], [[0, 1]]])
})

type Rgb = readonly [number, number, number]

function imageOf(width: number, height: number, colour: (x: number, y: number) => Rgb): RgbImage {
  const pixels = Array.from({ length: width * height }, (_, i) => colour(i % width, Math.floor(i / width)))
  return { width, height, data: Uint8Array.from(pixels.flat()) }
}

/** A fingerprint without colours, of these grey levels. */
const printOf = (level: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: FINGERPRINT_BYTES }, (_, i) =>
    i < GREY_BYTES ? level(i % SIDE, Math.floor(i / SIDE)) : 128,
  )

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
