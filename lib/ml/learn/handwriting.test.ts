import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { augment } from './augment.ts'
import { bend, changeStrokes } from './handwriting.ts'

const square = { size: 28, channels: 1 }
const drawn = (isInk: (x: number, y: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 28 * 28 }, (_, at) => (isInk(at % 28, Math.floor(at / 28)) ? 255 : 0))
const stroke = drawn((x, y) => x >= 12 && x <= 15 && y >= 4 && y <= 23)
const hairLine = drawn((x, y) => x === 14 && y >= 4 && y <= 23)
const ink = (image: Uint8Array): number => image.reduce((sum, value) => sum + value, 0) / 255
/** Horizontal centre of the ink of each row that has any. */
const centres = (image: Uint8Array): number[] =>
  Array.from({ length: 28 }, (_, y) => [...image.subarray(y * 28, (y + 1) * 28)])
    .filter((row) => row.some((value) => value > 0))
    .map(
      (row) => row.reduce((sum, value, x) => sum + value * x, 0) / row.reduce((sum, value) => sum + value, 0),
    )
const bent = (image: Uint8Array, displacement: number, seed = 1): Uint8Array => {
  const out = new Uint8Array(image.length)
  bend(image, out, square, { displacement, random: createRandom(seed) })
  return out
}
const withStrokes = (image: Uint8Array, by: number): Uint8Array => {
  const out = image.slice()
  changeStrokes(out, square, by)
  return out
}

test('displacements have the stated standard deviation', () => {
  // A ramp of 4 levels per pixel shows each displacement as a difference; 0.3 is what rounding adds.
  const ramp = Uint8Array.from({ length: 28 * 28 }, (_, at) => 20 + 4 * (at % 28))

  const moved = Array.from({ length: 60 }, (_, seed) => bent(ramp, 1.5, seed)).flatMap((image) =>
    Array.from({ length: 12 }, (_, i) => (image[14 * 28 + 8 + i]! - ramp[14 * 28 + 8 + i]!) / 4),
  )

  const deviation = Math.sqrt(moved.reduce((sum, by) => sum + by ** 2, 0) / moved.length)
  expect(deviation).toBeGreaterThan(1.2)
  expect(deviation).toBeLessThan(1.8)
})

test('a straight stroke bends smoothly: its rows move, but hardly differently from their neighbours', () => {
  const rows = centres(bent(stroke, 1.5)).slice(2, -2) // its ends have little ink

  expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(1)
  for (const [i, centre] of rows.slice(1).entries()) expect(Math.abs(centre - rows[i]!)).toBeLessThan(1)
})

test('a displacement of zero leaves the image as it is', () => {
  expect(bent(stroke, 0)).toEqual(stroke)
})

test('a stroke of four columns becomes six wide, or two', () => {
  expect(ink(withStrokes(stroke, 1))).toBe(6 * 20 + 2 * 4)
  expect(ink(withStrokes(stroke, -1))).toBe(2 * 18)
  expect(ink(withStrokes(stroke, 0.5))).toBeCloseTo(4 * 20 + 0.5 * (2 * 20 + 2 * 4), 0)
  expect(withStrokes(stroke, 0)).toEqual(stroke)
})

test('a hair line does not fade when strokes become thinner', () => {
  expect(withStrokes(hairLine, -0.6)).toEqual(hairLine)
})

test('each channel is changed by itself', () => {
  const colour = { size: 28, channels: 3 }
  const red = Uint8Array.from({ length: 28 * 28 * 3 }, (_, at) =>
    at % 3 === 0 ? stroke[Math.floor(at / 3)]! : 0,
  )

  changeStrokes(red, colour, 1)

  const channel = (c: number): Uint8Array => red.filter((_, at) => at % 3 === c)
  expect(channel(0)).toEqual(withStrokes(stroke, 1))
  expect(ink(channel(1))).toBe(0)
})

test('augmented digits bend in half of the epochs, and the same seed gives the same image', () => {
  const augmented = (epoch: number, seed = 1): string => {
    const out = new Uint8Array(stroke.length)
    augment(stroke, out, { square, how: { elastic: 1.5 }, seed, epoch, sample: 7 })
    return out.join()
  }
  const epochs = Array.from({ length: 100 }, (_, epoch) => augmented(epoch))

  expect(epochs.filter((one) => one === stroke.join()).length).toBeGreaterThan(30)
  expect(epochs.filter((one) => one === stroke.join()).length).toBeLessThan(70)
  expect(augmented(3)).toBe(epochs[3])
  expect(Array.from({ length: 100 }, (_, epoch) => augmented(epoch, 2))).not.toEqual(epochs)
})
