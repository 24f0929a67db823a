/** A written digit as the makers of MNIST laid theirs out: light ink on black, 20 pixels at its longer side, centred by
 *  its mass. It takes a digit from paper of any kind; it neither recognises nor straightens it. */
import type { ImageProblem } from '#lib/domain/image.ts'
import { inkOf, isBlackAndWhite, withoutFaint, type Ink } from './ink.ts'
import { digitAmong, longer, marksOf, thicknessOf, type Mark, type Mask } from './marks.ts'
import { withoutPaperLines } from './paper-lines.ts'
import { centred, resize, type Raster, type Window } from './resize.ts'

// the longer side of the ink in a square of 28 (LeCun, Cortes, Burges: "normalized to fit in a 20x20 pixel
// box")
const INK_SHARE = 20 / 28
const MOST_PIXELS = 144 // longer side of the copy that is looked at
const FEWEST_PIXELS = 64 // a smaller image is enlarged to this
const SMALLEST = 0.06 // of the longer side: what is smaller is no digit
const CLOSER = 64 // a digit of fewer pixels is looked at once more, from nearer, where the image has more
const MARGIN = 0.4 // of the digit's longer side, around it
const FULL = 0.75 // share of the strong level from which a pixel is all ink
const FINE = 4 // pixels per pixel of the result while strokes are thickened
const THINNEST = 2.2 // pixels of the result; thinner strokes become as thick (the median of MNIST's is 2.7)

export type DigitSquare = { readonly square: Uint8Array; readonly problem: ImageProblem | null }

/** Whether a grey image already is what this file makes. */
export function isLaidOut({ width, height, data }: Raster, size: number): boolean {
  if (width !== size || height !== size) return false
  const side = Math.round(size * INK_SHARE)
  let [mass, massX, massY, left, right, top, bottom] = [0, 0, 0, size, -1, size, -1]
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const value = data[y * size + x]!
      if (value === 0) continue
      mass += value
      massX += value * (x + 0.5)
      massY += value * (y + 0.5)
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  if (mass === 0) return false
  const isCentred = [massX, massY].every((moment) => Math.abs(moment / mass - size / 2) <= 1)
  return isCentred && Math.max(right - left, bottom - top) + 1 <= side
}

/** @param raster RGB */
export function digitSquare(raster: Raster, size: number): DigitSquare {
  const digit = find(raster)
  if (!digit) return { square: new Uint8Array(size * size), problem: 'blank' }
  return { square: laidOut(digit, size), problem: digit.areSeveral ? 'several_digits' : null }
}

/** `ink` 0–255, of this digit alone; `box` what of the image it takes. */
type DigitInk = { readonly ink: Raster; readonly box: Window; readonly areSeveral: boolean }

function find(raster: Raster): DigitInk | null {
  const whole = { x: 0, y: 0, width: raster.width, height: raster.height }
  const first = findIn(raster, whole)
  if (!first || first.areSeveral || Math.max(first.ink.width, first.ink.height) >= CLOSER) return first
  const margin = MARGIN * longer(first.box)
  const [x, y] = [
    Math.max(0, Math.floor(first.box.x - margin)),
    Math.max(0, Math.floor(first.box.y - margin)),
  ]
  const part = {
    x,
    y,
    width: Math.min(raster.width, Math.ceil(first.box.x + first.box.width + margin)) - x,
    height: Math.min(raster.height, Math.ceil(first.box.y + first.box.height + margin)) - y,
  }
  if (longer(part) >= longer(whole) * 0.9 || longer(whole) <= MOST_PIXELS) return first
  return findIn(raster, part, first.box) ?? first
}

/** @param known where the digit is; marks elsewhere are left out */
function findIn(raster: Raster, part: Window, known: Window = part): DigitInk | null {
  const scale = Math.min(Math.max(longer(part), FEWEST_PIXELS), MOST_PIXELS) / longer(part)
  const width = Math.max(1, Math.round(part.width * scale))
  const height = Math.max(1, Math.round(part.height * scale))
  const ink = inkOf(
    { width, height, channels: 3, data: resize(raster, part, width, height) },
    isBlackAndWhite(raster),
  )
  if (!ink) return null
  const mask = withoutPaperLines({ width, height, ink: above(ink.levels, ink.floor) }, ink.levels)
  const strokes = withoutFaint(ink, mask.ink)
  const { marks, labels } = marksOf({ ...mask, ink: both(mask.ink, above(ink.levels, strokes.floor)) })
  const isThere = ({ box }: Mark): boolean => {
    const x = part.x + (box.x + box.width / 2) / scale
    const y = part.y + (box.y + box.height / 2) / scale
    return x >= known.x && x <= known.x + known.width && y >= known.y && y <= known.y + known.height
  }
  const digit = digitAmong(marks.filter(isThere), SMALLEST * Math.max(width, height))
  if (!digit) return null
  const isPart = new Set(digit.parts.map(({ label }) => label))
  const { box } = digit
  const data = new Uint8Array(box.width * box.height)
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++) {
      const at = (box.y + y) * width + box.x + x
      if (isPart.has(labels[at]!)) data[y * box.width + x] = inkAt(strokes, at)
    }
  return {
    ink: { width: box.width, height: box.height, channels: 1, data },
    box: {
      x: part.x + box.x / scale,
      y: part.y + box.y / scale,
      width: box.width / scale,
      height: box.height / scale,
    },
    areSeveral: digit.areSeveral,
  }
}

/** 1 where a level is above the floor. */
function above(levels: Uint8Array, floor: number): Uint8Array {
  const out = new Uint8Array(levels.length)
  for (let i = 0; i < out.length; i++) if (levels[i]! > floor) out[i] = 1
  return out
}

function both(one: Uint8Array, other: Uint8Array): Uint8Array {
  const out = new Uint8Array(one.length)
  for (let i = 0; i < out.length; i++) out[i] = one[i]! & other[i]!
  return out
}

function inkAt({ levels, floor, strong }: Ink, at: number): number {
  const low = floor * 0.75
  return Math.max(0, Math.min(255, Math.round(((levels[at]! - low) * 255) / (strong * FULL + 1 - low))))
}

/** Thin strokes fade when they are reduced, so they are thickened before. */
function laidOut({ ink }: DigitInk, size: number): Uint8Array {
  const side = Math.round(size * INK_SHARE)
  const { width, height, data } = thickened(ink, side * FINE)
  const scale = side / Math.max(width, height)
  const smallWidth = Math.max(1, Math.round(width * scale))
  const smallHeight = Math.max(1, Math.round(height * scale))
  const whole = { x: 0, y: 0, width, height }
  return centred(
    resize({ width, height, channels: 1, data }, whole, smallWidth, smallHeight),
    smallWidth,
    smallHeight,
    size,
  )
}

/** The ink with `side` pixels at its longer side and strokes of at least `THINNEST`. */
function thickened(ink: Raster, side: number): Raster {
  const first = sized(ink, side)
  const missing = (THINNEST * FINE - thicknessOf(maskOf(first))) / 2
  const reach = Math.max(0, Math.round(missing))
  return reach === 0 ? first : spread(sized(ink, side - 2 * reach), reach)
}

const maskOf = ({ width, height, data }: Raster): Mask => ({
  width,
  height,
  ink: Uint8Array.from(data, (value) => (value >= 128 ? 1 : 0)),
})

function sized(ink: Raster, side: number): Raster {
  const scale = side / Math.max(ink.width, ink.height)
  const width = Math.max(1, Math.round(ink.width * scale))
  const height = Math.max(1, Math.round(ink.height * scale))
  return { width, height, channels: 1, data: resize(ink, { x: 0, y: 0, ...ink }, width, height) }
}

/** Each pixel becomes the most that lies within `reach` of it. */
function spread({ width, height, data }: Raster, reach: number): Raster {
  const wide = width + 2 * reach
  const tall = height + 2 * reach
  const out = new Uint8Array(wide * tall)
  const disc: number[] = []
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++)
      if (dx * dx + dy * dy <= (reach + 0.3) ** 2) disc.push(dy * wide + dx)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!
      if (value === 0) continue
      const at = (y + reach) * wide + x + reach
      for (const step of disc) if (out[at + step]! < value) out[at + step] = value
    }
  return { width: wide, height: tall, channels: 1, data: out }
}
