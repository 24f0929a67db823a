/** Tells ink from its ground on a small copy of an image, whatever the colours and the light: how much ink each pixel
 *  has. Whether the ink is a digit, marks.ts decides. */
import { awayFrom, flatGround, smoothGround } from './ground.ts'
import { thicknessOf } from './marks.ts'
import { opened } from './opening.ts'
import type { Raster } from './resize.ts'

/** `levels`: how much each pixel differs from the ground around it towards the colour of the ink, 0–255.
 *  `floor`: up to this level it is ground. `strong`: the level of full ink. */
export type Ink = {
  readonly width: number
  readonly height: number
  readonly levels: Uint8Array
  readonly floor: number
  readonly strong: number
}

/** The ground under a thin stroke is what a window of this share of the longer side shows next to it: strokes are
 *  narrower, shadows wider. */
const WINDOW = 0.3
const THIN = 0.1 // likewise; strokes narrower than this are thin
// share of what stands out of the wide window that still does of the small one, if strokes are thin
const SURVIVES = 0.35
const LESS = 0.75 // share of the energy without slopes, from which the slopes are shadows
const CLEARLY = 0.1 // difference in what the border shows from which it decides
const THICKEST = 0.25 // of the longer side: what is thicker is a shadow and no stroke
// of the pixels, at the two ends of the range (within AT_END of it): an image of only two levels has no shadows
const BITMAP = 0.98
const AT_END = 0.05
const FEWEST_APART = 128 // levels between black and white
const FEWEST_HALVED = 100 // longer side from which half of the pixels each way tell the polarity
const INSET = 0.04 // of the shorter side: where the border is looked at, inside of a frame
const STRONGEST = 0.995 // quantile that stands for the most that stands out
const MIXED = 0.3 // cosine to grey below which the colour of the ink is neither darker nor lighter than its ground
const NOISE_FACTOR = 6 // the ground's levels stay below their median + this × half of their lower spread
const FEWEST_LEVELS = 20 // ink differs from its ground by more
const STRONG = 0.75 // quantile of the levels above the floor
const STROKE = 0.4 // share of `strong` from which a pixel belongs to a stroke

/** @param raster RGB
 *  @param isBitmap whether the image that it is a copy of is one
 *  @returns null where nothing differs enough from the ground */
export function inkOf(raster: Raster, isBitmap: boolean): Ink | null {
  const { width, height } = raster
  const { levels, isThin } = isBitmap ? bitmapLevels(raster) : levelsOf(raster)
  const [low, middle] = [quantile(levels, 0.25), quantile(levels, 0.5)]
  const noise = isThin ? middle + (NOISE_FACTOR * (middle - low)) / 2 + 2 : 0
  const marked = levels.filter((level) => level > Math.max(noise, FEWEST_LEVELS / 2))
  if (marked.length === 0) return null
  const strong = quantile(marked, STRONG)
  if (strong < FEWEST_LEVELS) return null
  return { width, height, levels, floor: Math.max(Math.min(noise, strong * 0.6), strong * STROKE), strong }
}

type Colour = readonly [number, number, number]
const GREY: Colour = [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)]
type Size = { readonly width: number; readonly height: number }

/** The same ink, measured by the pixels of strokes alone: pale lines of the paper were among them. */
export function withoutFaint(ink: Ink, isStroke: Uint8Array): Ink {
  const strokes = ink.levels.filter((_, at) => isStroke[at] === 1)
  if (strokes.length === 0) return ink
  const strong = quantile(strokes, STRONG)
  return { ...ink, strong, floor: Math.max(ink.floor, strong * STROKE) }
}

function levelsOf(raster: Raster): { readonly levels: Uint8Array; readonly isThin: boolean } {
  const { width, height } = raster
  const away = awayFrom(raster, smoothGround(raster))
  const { sign, isThin } = polarityOf(projected(away, GREY), raster)
  const flat = isThin ? null : flatLevels(raster, THICKEST)
  if (flat) return { levels: flat, isThin: false }
  const towards = directionOf(away, sign)
  const size = { width, height, window: windowOf(raster, WINDOW) }
  const above = (values: Float32Array): Uint8Array =>
    standingOut(smoothed(projected(values, towards), width, height), size)
  // without its smooth ground an image has no slopes, and the edges of shadows are ridges: whichever leaves less
  const [sloping, even] = [above(Float32Array.from(raster.data)), above(away)]
  return { levels: energy(sloping) < LESS * energy(even) ? sloping : even, isThin: true }
}

/** Scans in black and white that are cut around the digit show as much ink as ground at their border, and their strokes
 *  may be as wide as what lies between. They have no shadows that the ground would have to be separated from. */
function bitmapLevels(raster: Raster): { readonly levels: Uint8Array; readonly isThin: boolean } {
  const levels = flatLevels(raster, Infinity)
  return levels ? { levels, isThin: false } : levelsOf(raster)
}

/** Whether an RGB image consists of black and white, or of two greys that differ as clearly. */
export function isBlackAndWhite({ data }: Raster): boolean {
  let [low, high] = [255, 0]
  for (let i = 0; i < data.length; i++) {
    low = Math.min(low, data[i]!)
    high = Math.max(high, data[i]!)
  }
  if (high - low < FEWEST_APART) return false
  const reach = AT_END * (high - low)
  let between = 0
  for (let i = 0; i < data.length; i += 3) {
    const [red, green, blue] = [data[i]!, data[i + 1]!, data[i + 2]!]
    const isAtEnd = Math.max(red, green, blue) <= low + reach || Math.min(red, green, blue) >= high - reach
    if (!isAtEnd) between += 1
  }
  return between <= (1 - BITMAP) * (data.length / 3)
}

/** For bold ink and bitmaps: its distance from one ground for the whole image. Null where the ink is thicker than this
 *  share of the longer side, because then it takes a shadow for ink. */
function flatLevels(raster: Raster, thickest: number): Uint8Array | null {
  const { width, height, data } = raster
  const grey = projected(Float32Array.from(data), GREY)
  const middle = betweenTwo(grey)
  const isLightGround = outerShare(grey, raster, (value) => value > middle) >= 0.5
  const isGround = (i: number): boolean => grey[i]! > middle === isLightGround
  const ink = Uint8Array.from(grey, (_, i) => (isGround(i) ? 0 : 1))
  if (thicknessOf({ width, height, ink }) > thickest * Math.max(width, height)) return null
  const away = awayFrom(raster, flatGround(raster, isGround))
  const towards = projected(away, directionOf(away, isLightGround ? -1 : 1))
  return Uint8Array.from(smoothed(towards, width, height), asByte)
}

const windowOf = ({ width, height }: Size, share: number): number =>
  Math.max(3, Math.round(Math.max(width, height) * share))

const asByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)))

/** Whether the ink is lighter (1) or darker (−1) than its ground, and whether it is thin. Ground is what more of the
 *  border and the corners shows; where neither shows anything, thin strokes stand out of a small window and what they
 *  enclose does not. */
function polarityOf(grey: Float32Array, whole: Size): { readonly sign: 1 | -1; readonly isThin: boolean } {
  const { values: even, size } = halved(smoothed(grey, whole.width, whole.height), whole)
  const side = (sign: 1 | -1) => {
    const values = even.map((value) => value * sign)
    const wide = standingOut(values, { ...size, window: windowOf(size, WINDOW) })
    return {
      sign,
      wide,
      wideEnergy: energy(wide),
      thinEnergy: energy(standingOut(values, { ...size, window: windowOf(size, THIN) })),
    }
  }
  const [light, dark] = [side(1), side(-1)]
  const middle = Math.max(quantile(light.wide, STRONGEST), quantile(dark.wide, STRONGEST)) / 2
  const outer = ({ wide }: typeof light): number => outerShare(wide, size, (level) => level > middle)
  const more = outer(light) - outer(dark)
  const isLight = Math.abs(more) > CLEARLY ? more < 0 : light.thinEnergy > dark.thinEnergy
  const ink = isLight ? light : dark
  return { sign: ink.sign, isThin: ink.thinEnergy > SURVIVES * ink.wideEnergy }
}

/** Every second pixel of every second row of what is smoothed; small images stay as they are. */
function halved(values: Float32Array, size: Size): { readonly values: Float32Array; readonly size: Size } {
  if (Math.max(size.width, size.height) < FEWEST_HALVED) return { values, size }
  const [width, height] = [(size.width + 1) >> 1, (size.height + 1) >> 1]
  const out = new Float32Array(width * height)
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) out[to++] = values[2 * y * size.width + 2 * x]!
  return { values: out, size: { width, height } }
}

function energy(levels: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < levels.length; i++) sum += levels[i]! * levels[i]!
  return sum
}

/** Halfway between the means of what is above and below it (Ridler and Calvard 1978). */
function betweenTwo(values: Float32Array): number {
  let whole = 0
  for (let i = 0; i < values.length; i++) whole += values[i]!
  let middle = whole / values.length
  for (let round = 0; round < 10; round++) {
    let [above, below, countAbove, countBelow] = [0, 0, 0, 0]
    for (const value of values)
      if (value > middle) {
        above += value
        countAbove += 1
      } else {
        below += value
        countBelow += 1
      }
    if (countAbove === 0 || countBelow === 0) return middle
    middle = (above / countAbove + below / countBelow) / 2
  }
  return middle
}

/** The share of pixels at the border that are so; corners count as much as all the rest. */
function outerShare(
  values: ArrayLike<number>,
  { width, height }: Size,
  is: (value: number) => boolean,
): number {
  const corner = Math.max(1, Math.round(Math.min(width, height) * 0.12))
  const inset = Math.floor(Math.min(width, height) * INSET)
  let [corners, cornersSo, sides, sidesSo] = [0, 0, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [byColumn, byRow] = [Math.min(x, width - 1 - x), Math.min(y, height - 1 - y)]
      const isSo = is(values[y * width + x]!)
      if (byColumn < corner && byRow < corner) {
        corners += 1
        if (isSo) cornersSo += 1
      } else if (Math.min(byColumn, byRow) === inset) {
        sides += 1
        if (isSo) sidesSo += 1
      }
    }
  return cornersSo / corners / 2 + (sides === 0 ? 0.25 : sidesSo / sides / 2)
}

/** The colour of the ink less that of the ground, of length one: ink is the minority, so the third moment of all
 *  differences points to it. A shadow can outweigh it; then only the polarity counts. */
function directionOf(away: Float32Array, sign: 1 | -1): Colour {
  const sum = [0, 0, 0]
  for (let i = 0; i < away.length; i += 3) {
    const [r, g, b] = [away[i]!, away[i + 1]!, away[i + 2]!]
    const squared = r * r + g * g + b * b
    sum[0]! += r * squared
    sum[1]! += g * squared
    sum[2]! += b * squared
  }
  const length = Math.hypot(...sum)
  const grey = ((sum[0]! + sum[1]! + sum[2]!) * GREY[0]) / length
  if (length > 1 && (grey * sign > 0 || Math.abs(grey) < MIXED))
    return [sum[0]! / length, sum[1]! / length, sum[2]! / length]
  return [sign * GREY[0], sign * GREY[1], sign * GREY[2]]
}

function projected(away: Float32Array, [r, g, b]: Colour): Float32Array {
  const out = new Float32Array(away.length / 3)
  for (let i = 0, at = 0; i < out.length; i++, at += 3)
    out[i] = away[at]! * r + away[at + 1]! * g + away[at + 2]! * b
  return out
}

/** Binomial, 3 × 3; the border repeats. */
function smoothed(values: Float32Array, width: number, height: number): Float32Array {
  const rows = new Float32Array(values.length)
  const out = new Float32Array(values.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      rows[at] = (values[x > 0 ? at - 1 : at]! + 2 * values[at]! + values[x < width - 1 ? at + 1 : at]!) / 4
    }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      out[at] = (rows[y > 0 ? at - width : at]! + 2 * rows[at]! + rows[y < height - 1 ? at + width : at]!) / 4
    }
  return out
}

/** What stands out of its surroundings: the white top-hat transform (Serra 1982) with a square window. */
function standingOut(values: Float32Array, size: Size & { readonly window: number }): Uint8Array {
  const ground = opened(values, size)
  const out = new Uint8Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.min(255, values[i]! - ground[i]! + 0.5) // never negative
  return out
}

/** The smallest value that at least `share` of the bytes do not exceed. */
export function quantile(bytes: Uint8Array, share: number): number {
  const counts = new Uint32Array(256)
  for (const value of bytes) counts[value]!++
  let left = Math.ceil(bytes.length * share)
  for (let value = 0; value < 256; value++) {
    left -= counts[value]!
    if (left <= 0) return value
  }
  return 255
}
