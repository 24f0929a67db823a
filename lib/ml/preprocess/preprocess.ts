/** From a decoded image to the network's numbers: one definition for training, serving, evaluation, the
 *  gate and the browser. It does not decode and does not augment; the bundle's `preprocess.json` configures
 *  it. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { ImageProblem, RgbImage } from '#lib/domain/image.ts'
import { digitSquareByBorder } from './digit-by-border.ts'
import { digitSquare, isLaidOut } from './digit.ts'
import { contain, cover, stretch, type Raster } from './resize.ts'

/** Levels between the darkest and the lightest hundredth of each channel up to which an image shows nothing. */
export const FLAT_LEVELS = 8
export const FLAT_OUTLIERS = 0.01

/** `square`: `size × size × channels` bytes, what training keeps and serving goes on with. `problem`: why no
 *  class can be right, null where one may be. */
export type PreparedSquare = { readonly square: Uint8Array; readonly problem: ImageProblem | null }

/** The image as the network's square, and whether it shows anything. */
export function prepare(image: RgbImage, spec: Preprocess): PreparedSquare {
  if (spec.fit === 'digit') return digitOf(image, spec)
  const square = fitted(image, spec, spec.fit)
  const shown = spec.fit === 'contain' ? fitted(image, spec, 'stretch') : square // no padding
  return { square, problem: isFlat(shown, spec.channels) ? 'blank' : null }
}

/** The square of `prepare`. */
export const preprocess = (image: RgbImage, spec: Preprocess): Uint8Array =>
  spec.fit === 'digit' ? digitOf(image, spec).square : fitted(image, spec, spec.fit)

function fitted(image: RgbImage, spec: Preprocess, fit: Exclude<Preprocess['fit'], 'digit'>): Uint8Array {
  const raster: Raster = spec.channels === 1 ? grey(image) : { ...image, channels: 3 }
  switch (fit) {
    case 'stretch':
      return stretch(raster, spec.size, spec.size)
    case 'cover':
      return cover(raster, spec.size)
    case 'contain':
      return contain(raster, spec)
  }
}

function digitOf(image: RgbImage, { size, ink, channels }: Preprocess): PreparedSquare {
  const inChannels = (square: Uint8Array): Uint8Array => (channels === 1 ? square : tripled(square))
  if (image.width === size && image.height === size) {
    const raster = grey(image)
    if (isLaidOut(raster, size)) return { square: inChannels(raster.data), problem: null }
  }
  const { square, problem } = digitSquare({ ...image, channels: 3 }, size)
  return {
    square: inChannels(ink === 'local' ? square : digitSquareByBorder(grey(image), size)),
    problem,
  }
}

/** The histogram of one channel, used again for each. */
const counts = new Uint32Array(256)

/** By the histogram of each channel: sorting the values took a tenth of a prediction (November 2026). */
function isFlat(square: Uint8Array, channels: number): boolean {
  const outliers = Math.floor((square.length / channels) * FLAT_OUTLIERS)
  for (let c = 0; c < channels; c++) {
    counts.fill(0)
    for (let i = c; i < square.length; i += channels) counts[square[i]!]! += 1
    if (highest(counts, outliers) - lowest(counts, outliers) > FLAT_LEVELS) return false
  }
  return true
}

/** The value with `skipped` values below it. */
function lowest(counts: Uint32Array, skipped: number): number {
  let value = 0
  for (let seen = counts[0]!; seen <= skipped; seen += counts[value]!) value += 1
  return value
}

/** The value with `skipped` values above it. */
function highest(counts: Uint32Array, skipped: number): number {
  let value = 255
  for (let seen = counts[255]!; seen <= skipped; seen += counts[value]!) value -= 1
  return value
}

/** `(byte / 255 − mean) / std` per channel, into `out` from `offset` on; `squares` may hold several images one
 *  after another. */
export function normalise(squares: Uint8Array, spec: Preprocess, out: Float32Array, offset = 0): void {
  const tables = numbersOf(spec)
  if (spec.channels === 1) {
    const [table] = tables
    for (let i = 0; i < squares.length; i++) out[offset + i] = table![squares[i]!]!
    return
  }
  const [red, green, blue] = tables
  for (let i = 0; i < squares.length; i += 3) {
    out[offset + i] = red![squares[i]!]!
    out[offset + i + 1] = green![squares[i + 1]!]!
    out[offset + i + 2] = blue![squares[i + 2]!]!
  }
}

/** The number of bytes per image. */
export const squareBytes = (spec: Preprocess): number => spec.size * spec.size * spec.channels

const tablesOf = new WeakMap<Preprocess, readonly Float32Array[]>()

function numbersOf(spec: Preprocess): readonly Float32Array[] {
  const cached = tablesOf.get(spec)
  if (cached) return cached
  const tables = Array.from({ length: spec.channels }, (_, c) => {
    const mean = spec.mean[c] ?? spec.mean[0]!
    const std = spec.std[c] ?? spec.std[0]!
    return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std)
  })
  tablesOf.set(spec, tables)
  return tables
}

/** Rec. 601 luma in 8-bit fixed point; the weights sum to 256, so a grey pixel keeps its value. */
function grey(image: RgbImage): Raster {
  const out = new Uint8Array(image.width * image.height)
  const { data } = image
  for (let i = 0, from = 0; i < out.length; i++, from += 3)
    out[i] = (data[from]! * 77 + data[from + 1]! * 150 + data[from + 2]! * 29 + 128) >> 8
  return { width: image.width, height: image.height, channels: 1, data: out }
}

function tripled(square: Uint8Array): Uint8Array {
  const out = new Uint8Array(square.length * 3)
  for (let i = 0; i < square.length; i++) out.fill(square[i]!, i * 3, i * 3 + 3)
  return out
}
