import { expect, test } from 'vitest'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { drawn, grain, drawnImage, STROKES, type DigitDrawing, type Rgb } from './drawn-digits.fakes.ts'
import { prepare } from './preprocess.ts'

const digit: Preprocess = {
  size: 28,
  channels: 1,
  fit: 'digit',
  background: [0, 0, 0],
  resize: 'lanczos3',
  ink: 'local',
  mean: [0],
  std: [1],
}
const squareOf = (image: RgbImage): Uint8Array => prepare(image, digit).square
const problemOf = (image: RgbImage) => prepare(image, digit).problem

const WHITE: Rgb = [255, 255, 255]
const PAPER: Rgb = [232, 230, 222]
const BLACK: Rgb = [20, 20, 24]
const even = (colour: Rgb) => () => colour
const seven: DigitDrawing = {
  strokes: STROKES.seven,
  box: { x: 70, y: 60, width: 90, height: 150 },
  thickness: 16,
  colour: BLACK,
}
const reference = squareOf(drawnImage(240, 280, drawn(even(WHITE), seven)))

/** Pearson's correlation of two squares, one of them moved by at most a pixel: where the centre lies may be rounded
 *  either way. */
function likeness(a: Uint8Array, b: Uint8Array): number {
  const steps = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => dy * 28 + dx))
  return Math.max(
    ...steps.map((step) =>
      correlation(
        a.map((_, i) => a[i + step] ?? 0),
        b,
      ),
    ),
  )
}

function correlation(a: Uint8Array, b: Uint8Array): number {
  const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [both, ofA, ofB] = [0, 0, 0]
  a.forEach((value, i) => {
    both += (value - meanA) * (b[i]! - meanB)
    ofA += (value - meanA) ** 2
    ofB += (b[i]! - meanB) ** 2
  })
  return both / Math.sqrt(ofA * ofB)
}

const ruled =
  (gap: number, colour: Rgb, tilt = 0) =>
  (x: number, y: number): Rgb =>
    (y + tilt * x + 1000 * gap) % gap < 2 ? colour : PAPER
const squared =
  (gap: number, colour: Rgb) =>
  (x: number, y: number): Rgb =>
    y % gap < 2 || x % gap < 2 ? colour : PAPER
const lit =
  (under: (x: number, y: number) => Rgb, light: (x: number, y: number) => number) =>
  (x: number, y: number): Rgb => {
    const [r, g, b] = under(x, y)
    const share = light(x, y)
    return [r * share, g * share, b * share]
  }
const grainy =
  (under: (x: number, y: number) => Rgb, levels: number) =>
  (x: number, y: number): Rgb => {
    const [r, g, b] = under(x, y)
    const more = grain(x, y) * levels
    return [r + more, g + more, b + more]
  }

test.each<[string, (x: number, y: number) => Rgb]>([
  ['white ink on black', drawn(even([0, 0, 0]), { ...seven, colour: WHITE })],
  ['blue ink on paper', drawn(even(PAPER), { ...seven, colour: [30, 50, 170] })],
  ['red ink on yellow paper', drawn(even([250, 240, 150]), { ...seven, colour: [210, 40, 40] })],
  ['chalk on a green board', drawn(even([40, 90, 60]), { ...seven, colour: [240, 240, 230] })],
  [
    'pencil on grey paper with grain',
    grainy(drawn(even([190, 190, 188]), { ...seven, colour: [120, 120, 122] }), 12),
  ],
  ['light that falls off to one side', lit(drawn(even(PAPER), seven), (x) => 1 - x / 400)],
  [
    'light in the middle only',
    lit(drawn(even(PAPER), seven), (x, y) => 1 - (((x - 120) / 240) ** 2 + ((y - 140) / 280) ** 2)),
  ],
  ['the edge of a shadow across it', lit(drawn(even(PAPER), seven), (x, y) => (x + y < 250 ? 0.55 : 1))],
  ['ruled paper', drawn(ruled(40, [150, 175, 215]), seven)],
  ['ruled paper with dark lines', drawn(ruled(55, [90, 100, 130]), seven)],
  ['ruled paper that lies askew', drawn(ruled(40, [120, 140, 190], 0.05), seven)],
  ['squared paper', drawn(squared(30, [150, 175, 215]), seven)],
])('a seven is laid out the same on %s', (_, image) => {
  const { square, problem } = prepare(drawnImage(240, 280, image), digit)

  expect(problem).toBeNull()
  expect(likeness(square, reference)).toBeGreaterThan(0.93)
})

test('a frame around a digit, at the border or within it, is left out', () => {
  const framed = (margin: number) =>
    drawnImage(240, 280, (x, y) => {
      const depth = Math.min(x, y, 239 - x, 279 - y)
      return depth >= margin && depth < margin + 3 ? BLACK : drawn(even(WHITE), seven)(x, y)
    })

  expect(likeness(squareOf(framed(0)), reference)).toBeGreaterThan(0.93)
  expect(likeness(squareOf(framed(14)), reference)).toBeGreaterThan(0.93)
})

test('a digit whose strokes run along the border keeps them', () => {
  const tight = (ink: Rgb, ground: Rgb) =>
    drawnImage(
      90,
      150,
      drawn(even(ground), { ...seven, box: { x: 9, y: 9, width: 72, height: 132 }, colour: ink }),
    )

  const loose = squareOf(
    drawnImage(240, 280, drawn(even(WHITE), { ...seven, box: { x: 70, y: 60, width: 72, height: 132 } })),
  )

  expect(likeness(squareOf(tight(BLACK, WHITE)), loose)).toBeGreaterThan(0.9)
  expect(likeness(squareOf(tight(WHITE, BLACK)), loose)).toBeGreaterThan(0.9)
})

test('a scan of 16 pixels without a margin is read', () => {
  const small = drawnImage(
    16,
    16,
    drawn(even(WHITE), { ...seven, box: { x: 2, y: 1, width: 12, height: 14 }, thickness: 2 }),
  )

  const square = squareOf(small)

  expect(square.filter((value) => value > 200).length).toBeGreaterThan(40)
  expect(problemOf(small)).toBeNull()
})

test.each([
  ['an eight', STROKES.eight, { thickness: 6, box: { x: 9.5, y: 1, width: 13, height: 29 } }],
  ['a four', STROKES.four, { thickness: 5, box: { x: 8, y: 2, width: 16, height: 27 } }],
])('%s in black and white that fills its image is not inverted', (_, strokes, { thickness, box }) => {
  const inBlackAndWhite = (drawing: DigitDrawing) => (x: number, y: number) =>
    drawn(even(WHITE), drawing)(x, y)[0] < 128 ? BLACK : WHITE
  const bold = { strokes, thickness, colour: BLACK }
  const withMargin = { ...box, x: box.x + 30, y: box.y + 30 }

  const found = squareOf(drawnImage(32, 32, inBlackAndWhite({ ...bold, box })))

  const expected = squareOf(drawnImage(92, 92, inBlackAndWhite({ ...bold, box: withMargin })))
  expect(likeness(found, expected)).toBeGreaterThan(0.9)
})

test('the hair line of a fine pen becomes as thick as the strokes of MNIST', () => {
  const fine = (thickness: number) =>
    squareOf(drawnImage(240, 280, drawn(even(WHITE), { ...seven, thickness })))
  const full = (square: Uint8Array) => square.filter((value) => value > 200).length

  expect(full(fine(1.5))).toBeGreaterThan(40)
  expect(full(fine(3))).toBeGreaterThan(40)
})

test('a small digit somewhere in a photograph is found and looked at from near', () => {
  const small = { ...seven, box: { x: 900, y: 500, width: 60, height: 100 }, thickness: 10 }
  const photograph = drawnImage(1400, 1000, grainy(drawn(even(PAPER), small), 6))

  expect(likeness(squareOf(photograph), reference)).toBeGreaterThan(0.85)
})

test.each<[string, (x: number, y: number) => Rgb]>([
  ['white', even(WHITE)],
  ['black', even([0, 0, 0])],
  ['grey', even([128, 128, 128])],
  ['paper with grain', grainy(even(PAPER), 6)],
  ['paper in a falling light', lit(grainy(even(PAPER), 4), (x) => 1 - x / 400)],
  ['ruled paper', ruled(40, [120, 140, 190])],
  ['squared paper', squared(30, [120, 140, 190])],
])('an image without ink is blank: %s', (_, image) => {
  const { square, problem } = prepare(drawnImage(240, 200, image), digit)

  expect(problem).toBe('blank')
  expect(Math.max(...square)).toBe(0)
})

test('two digits side by side are several; a digit of two strokes is one', () => {
  const four = { ...seven, strokes: STROKES.four }
  const two = drawn(drawn(even(WHITE), four), { ...seven, box: { x: 200, y: 66, width: 90, height: 150 } })

  expect(problemOf(drawnImage(340, 280, two))).toBe('several_digits')
  expect(problemOf(drawnImage(240, 280, drawn(even(WHITE), four)))).toBeNull()
})
