import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { normalise, prepare, preprocess } from './preprocess.ts'
import { resize } from './resize.ts'

const spec: Preprocess = {
  size: 8,
  channels: 3,
  fit: 'cover',
  background: [10, 20, 30],
  resize: 'lanczos3',
  mean: [0.5],
  std: [0.25],
}
const digit: Preprocess = { ...spec, size: 28, channels: 1, fit: 'digit', background: [0, 0, 0] }

const painted = (
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): RgbImage => {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3)
  return { width, height, data }
}
const noisy = (width: number, height: number, seed = 1): RgbImage => {
  let state = seed
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  return painted(width, height, () => [next(), next(), next()])
}

/** The definition of Lanczos-3, antialiased, in double precision and without optimisation: both
 *  directions at once. */
function defined(image: RgbImage, out: number): Uint8Array {
  const kernel = (x: number) => {
    if (x === 0) return 1
    if (Math.abs(x) >= 3) return 0
    return (3 * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / 3)) / (Math.PI * x) ** 2
  }
  const weights = (length: number) => {
    const scale = length / out
    const wide = Math.max(1, scale)
    return Array.from({ length: out }, (_, i) => {
      const row = Array.from({ length }, (_, j) => kernel((j + 0.5 - (i + 0.5) * scale) / wide))
      const sum = row.reduce((a, b) => a + b)
      return row.map((w) => w / sum)
    })
  }
  const across = weights(image.width)
  const down = weights(image.height)
  const result = new Uint8Array(out * out * 3)
  for (let y = 0; y < out; y++)
    for (let x = 0; x < out; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let j = 0; j < image.height; j++) {
          let row = 0
          for (let i = 0; i < image.width; i++)
            row += across[x]![i]! * image.data[(j * image.width + i) * 3 + c]!
          sum += down[y]![j]! * Math.max(0, Math.min(255, row))
        }
        result[(y * out + x) * 3 + c] = Math.max(0, Math.min(255, Math.round(sum)))
      }
  return result
}

const furthest = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

test('an image that already has the target size keeps every byte', () => {
  const image = noisy(8, 8)

  expect(preprocess(image, spec)).toEqual(image.data)
  expect(preprocess(image, { ...spec, fit: 'contain' })).toEqual(image.data)
  expect(preprocess(image, { ...spec, fit: 'stretch' })).toEqual(image.data)
})

test.each([
  [29, 23, 8],
  [17, 40, 8],
  [5, 6, 8],
  [8, 3, 8],
  [60, 60, 8],
])('a %i × %i image is resampled as Lanczos-3 is defined', (width, height, size) => {
  const image = noisy(width, height)

  expect(furthest(preprocess(image, { ...spec, fit: 'stretch' }), defined(image, size))).toBeLessThanOrEqual(
    1,
  )
})

test('a flat image stays exactly flat at every size', () => {
  const image = painted(37, 53, () => [7, 130, 251])

  const square = preprocess(image, { ...spec, fit: 'stretch' })

  expect([...new Set(square)].sort((a, b) => a - b)).toEqual([7, 130, 251])
})

test('a photograph of several megapixels is averaged first and keeps its content', () => {
  const wave = (n: number) =>
    painted(640 * n, 640 * n, (x, y) => [
      128 + 100 * Math.sin((x / n) * 0.02),
      128 + 100 * Math.cos((y / n) * 0.015),
      90,
    ])

  expect(
    furthest(preprocess(wave(3), { ...spec, size: 32 }), preprocess(wave(1), { ...spec, size: 32 })),
  ).toBeLessThanOrEqual(2)
})

test.each([
  [3, 67, 83],
  [1, 64, 71],
])(
  'blocks of %i channels are averaged, halves up, also where the last ones are incomplete',
  (channels, width, height) => {
    const { data } = noisy(width, height)
    const raster = { width, height, channels, data: data.subarray(0, width * height * channels) }
    const [across, down] = [Math.floor(width / 8 / 4), Math.floor(height / 8 / 4)]
    const [columns, rows] = [Math.ceil(width / across), Math.ceil(height / down)]
    const averages = new Uint8Array(columns * rows * channels)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        for (let c = 0; c < channels; c++) {
          const block: number[] = []
          for (let v = y * down; v < Math.min(height, (y + 1) * down); v++)
            for (let u = x * across; u < Math.min(width, (x + 1) * across); u++)
              block.push(raster.data[(v * width + u) * channels + c]!)
          averages[(y * columns + x) * channels + c] = Math.round(
            block.reduce((sum, value) => sum + value, 0) / block.length,
          )
        }

    const window = { x: 0, y: 0, width, height }
    const smaller = { width: columns, height: rows, channels, data: averages }
    const part = { x: 0, y: 0, width: width / across, height: height / down }
    expect(resize(raster, window, 8, 8)).toEqual(resize(smaller, part, 8, 8))
  },
)

test('cover keeps the middle of the longer side', () => {
  const thirds = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ] as const
  const image = painted(24, 8, (x) => thirds[Math.floor(x / 8)]!)

  expect(preprocess(image, spec)).toEqual(painted(8, 8, () => [0, 255, 0]).data)
})

test('contain shows the whole image, with the background above and below', () => {
  const image = painted(16, 8, () => [200, 100, 50])

  const square = preprocess(image, { ...spec, fit: 'contain' })

  expect([...square.subarray(0, 3)]).toEqual([10, 20, 30])
  expect([...square.subarray(2 * 8 * 3, 2 * 8 * 3 + 3)]).toEqual([200, 100, 50])
  expect([...square.subarray(6 * 8 * 3, 6 * 8 * 3 + 3)]).toEqual([10, 20, 30])
})

test('one channel is the luma of Rec. 601, and grey keeps its value', () => {
  const greys = painted(8, 8, (x, y) => [x * 8 + y, x * 8 + y, x * 8 + y])

  expect(
    [
      ...preprocess(
        painted(8, 8, () => [255, 0, 0]),
        { ...spec, channels: 1 },
      ),
    ].slice(0, 1),
  ).toEqual([77])
  expect([...preprocess(greys, { ...spec, channels: 1 })].slice(8, 16)).toEqual([
    1, 9, 17, 25, 33, 41, 49, 57,
  ])
})

test('normalising is (byte / 255 − mean) / std, per channel', () => {
  const out = new Float32Array(6)

  normalise(
    Uint8Array.of(0, 255, 51, 255, 0, 102),
    { ...spec, mean: [0.5, 0.25, 0.2], std: [0.5, 0.25, 0.1] },
    out,
  )

  expect([...out].map((v) => Math.round(v * 1e5) / 1e5)).toEqual([-1, 3, 0, 1, -1, 2])
})

/** A seven, as lines 24 pixels wide on a large canvas. */
const seven = (ink: number, paper: number, noise = 0) => {
  const speck = noisy(300, 400, 5)
  return painted(300, 400, (x, y) => {
    const bar = y >= 80 && y < 104 && x >= 90 && x < 210
    const stem = y >= 80 && y < 320 && Math.abs(x - (198 - (y - 80) * 0.3)) < 12
    const value = (bar || stem ? ink : paper) + noise * ((speck.data[(y * 300 + x) * 3]! - 128) / 128)
    return [value, value, value]
  })
}
const inkBox = (square: Uint8Array) => {
  const at = [...square].flatMap((v, i) => (v > 60 ? [[i % 28, Math.floor(i / 28)] as const] : []))
  const xs = at.map(([x]) => x)
  const ys = at.map(([, y]) => y)
  return { width: Math.max(...xs) - Math.min(...xs) + 1, height: Math.max(...ys) - Math.min(...ys) + 1 }
}

test.each([
  ['white on black', 255, 0, 0],
  ['black on white', 0, 255, 0],
  ['pencil on grey paper', 70, 190, 12],
])('a digit drawn %s becomes light ink of 20 pixels, centred by its mass', (_, ink, paper, noise) => {
  const square = preprocess(seven(ink, paper, noise), digit)

  const mass = square.reduce((sum, v) => sum + v, 0)
  const centre = (along: (i: number) => number) =>
    square.reduce((sum, v, i) => sum + v * (along(i) + 0.5), 0) / mass
  expect(inkBox(square).height).toBe(20)
  expect(Math.max(...square)).toBe(255)
  expect([...square.subarray(0, 28)].every((v) => v === 0)).toBe(true)
  expect(Math.abs(centre((i) => i % 28) - 14)).toBeLessThan(0.75)
  expect(Math.abs(centre((i) => Math.floor(i / 28)) - 14)).toBeLessThan(0.75)
})

test('an empty canvas is an empty digit', () => {
  expect(
    Math.max(
      ...preprocess(
        painted(280, 280, () => [255, 255, 255]),
        digit,
      ),
    ),
  ).toBe(0)
})

test.each<[string, RgbImage, 'blank' | null]>([
  ['one colour', painted(40, 30, () => [200, 30, 90]), 'blank'],
  ['nearly one colour', painted(40, 30, (x, y) => [200 + (x % 3), 30 + (y % 4), 90]), 'blank'],
  ['a faint gradient', painted(40, 30, (x) => [200 - x, 30, 90]), null],
  ['noise', noisy(40, 30), null],
])('an image of $0 has the problem $2', (_, image, problem) => {
  expect(prepare(image, spec).problem).toBe(problem)
  expect(prepare(image, { ...spec, fit: 'contain' }).problem).toBe(problem)
})

test('resampling a window reads around it but copies whole pixels', () => {
  const image = noisy(12, 12)

  const square = resize({ ...image, channels: 3 }, { x: 2, y: 3, width: 8, height: 8 }, 8, 8)

  expect([...square.subarray(0, 3)]).toEqual([...image.data.subarray((3 * 12 + 2) * 3, (3 * 12 + 2) * 3 + 3)])
})

const mnist = join(process.env.DARKROOM_REAL_DATA ?? '../shared/data', 'mnist', 't10k-images-idx3-ubyte.gz')

test.skipIf(!existsSync(mnist)).each<Preprocess>([digit, { ...digit, ink: 'local' }])(
  'all ten thousand test digits of MNIST pass unchanged (ink: $ink)',
  (how) => {
    const pixels = new Uint8Array(gunzipSync(readFileSync(mnist))).subarray(16)

    let changed = 0
    for (let i = 0; i < 10_000; i++) {
      const square = pixels.subarray(i * 784, (i + 1) * 784)
      const out = preprocess(
        painted(28, 28, (x, y) => [square[y * 28 + x]!, square[y * 28 + x]!, square[y * 28 + x]!]),
        how,
      )
      if (!out.every((v, k) => v === square[k])) changed++
    }

    expect(changed).toBe(0)
  },
)
