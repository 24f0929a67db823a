/** Whether two images are copies of one photograph that was cropped a little, made lighter or darker, or compressed
 *  again: told by small fingerprints of their pixels. It reads no file and groups nothing (groups.ts). */
import { alignedCorrelation } from './align-grids.ts'
import type { RgbImage } from './image.ts'
import type { Link } from './groups.ts'

/** Cells along each side of the grey grid of a fingerprint, and of the coarse grid that candidates are found by. */
const SIDE = 32
const COARSE_SIDE = 8
const COLOUR_SIDE = 4
const GREY_BYTES = SIDE * SIDE
const COLOUR_BYTES = COLOUR_SIDE * COLOUR_SIDE * 2
export const FINGERPRINT_BYTES = GREY_BYTES + COLOUR_BYTES

/** Measured on 3,500 planted copies (up to 4 % cut from each side, brightness ± 7 %, JPEG quality 60 to 95) of cats and
 *  dogs, leaves, landscapes and CIFAR-100: 99.3 to 99.9 % are found, and at most 0.3 % of the originals are linked to
 *  another one, most of these being copies that were there before
 *  (docs/decisions/0025-groups-of-near-copies.md, 2026-11). Cosines of
 *  features do not separate copies from other leaves of a plant. */
/** Correlation of coarse grids from which a pair is looked at closely. */
export const COARSE_LEAST = 0.82
/** Correlation of aligned grids from which a pair counts as copies. */
export const COPY_LEAST = 0.985
/** Mean distance of colours up to which it does, of 255. */
export const COLOUR_MOST = 10
/** Standard deviation of grey below which an image is blank: all blank images would be copies of each other. */
export const CONTRAST_LEAST = 4

/** Grey levels of 32 × 32 cells, smoothed, then Cb and Cr of 4 × 4, each the mean over its cell. Proportions are not
 *  kept, because a crop changes them. Smoothed, because a crop moves fine texture from one cell to the next. */
export function fingerprintOf(picture: RgbImage): Uint8Array {
  const out = new Uint8Array(FINGERPRINT_BYTES)
  const fine = cellMeans(picture, SIDE)
  const grey = smoothed(Float64Array.from({ length: GREY_BYTES }, (_, i) => greyOf(fine, i)))
  for (let i = 0; i < GREY_BYTES; i++) out[i] = Math.round(grey[i]!)
  const coarse = cellMeans(picture, COLOUR_SIDE)
  for (let i = 0; i < COLOUR_SIDE * COLOUR_SIDE; i++) {
    const [r, g, b] = [coarse[i * 3]!, coarse[i * 3 + 1]!, coarse[i * 3 + 2]!]
    out[GREY_BYTES + i * 2] = Math.round(128 - 0.168736 * r - 0.331264 * g + 0.5 * b) // ITU-T T.871 (JFIF), section 7
    out[GREY_BYTES + i * 2 + 1] = Math.round(128 + 0.5 * r - 0.418688 * g - 0.081312 * b)
  }
  return out
}

const greyOf = (cells: Float64Array, i: number): number =>
  0.299 * cells[i * 3]! + 0.587 * cells[i * 3 + 1]! + 0.114 * cells[i * 3 + 2]!

/** Weights 1, 2, 1 along rows, then along columns; the last cell goes on beyond the edge. */
function smoothed(grey: Float64Array): Float64Array {
  const along = (from: Float64Array, step: number): Float64Array =>
    from.map((value, i) => {
      const at = Math.floor(i / step) % SIDE
      const line = i - at * step
      const before = from[line + Math.max(0, at - 1) * step]!
      const after = from[line + Math.min(SIDE - 1, at + 1) * step]!
      return (before + 2 * value + after) / 4
    })
  return along(along(grey, 1), SIDE)
}

/** Means over side × side cells of equal size; pixels on a border count by their share. */
function cellMeans({ width, height, data }: RgbImage, side: number): Float64Array {
  const across = shares(width, side)
  const down = shares(height, side)
  const rows = new Float64Array(side * width * 3)
  down.forEach(({ cell, pixel, share }) => {
    const [to, from] = [cell * width * 3, pixel * width * 3]
    for (let i = 0; i < width * 3; i++) rows[to + i]! += share * data[from + i]!
  })
  const cells = new Float64Array(side * side * 3)
  for (let row = 0; row < side; row++)
    for (const { cell, pixel, share } of across) {
      const [to, from] = [(row * side + cell) * 3, (row * width + pixel) * 3]
      cells[to]! += share * rows[from]!
      cells[to + 1]! += share * rows[from + 1]!
      cells[to + 2]! += share * rows[from + 2]!
    }
  return cells
}

type Share = { readonly cell: number; readonly pixel: number; readonly share: number }

/** Which share of each cell which pixel is. */
function shares(pixels: number, side: number): readonly Share[] {
  const each = pixels / side
  return Array.from({ length: side }, (_, cell): Share[] => {
    const [from, to] = [cell * each, (cell + 1) * each]
    const first = Math.floor(from)
    const last = Math.min(pixels, Math.ceil(to - 1e-9))
    return Array.from({ length: Math.max(1, last - first) }, (_one, i) => {
      const pixel = Math.min(pixels - 1, first + i)
      return { cell, pixel, share: Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel)) / each }
    })
  }).flat()
}

type PreparedPrint = {
  readonly fingerprint: Uint8Array
  readonly coarse: Float32Array
  readonly isBlank: boolean
}

/** What comparing needs of a fingerprint, computed once. The coarse grid has mean zero and length one. */
function prepare(fingerprint: Uint8Array): PreparedPrint {
  const coarse = new Float32Array(COARSE_SIDE * COARSE_SIDE)
  const step = SIDE / COARSE_SIDE
  let [sum, squares] = [0, 0]
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const value = fingerprint[y * SIDE + x]!
      sum += value
      squares += value * value
      coarse[Math.floor(y / step) * COARSE_SIDE + Math.floor(x / step)]! += value
    }
  const mean = sum / coarse.length
  let length = 0
  for (let i = 0; i < coarse.length; i++) {
    coarse[i]! -= mean
    length += coarse[i]! ** 2
  }
  for (let i = 0; i < coarse.length; i++) coarse[i]! /= Math.sqrt(length) || 1
  const variance = squares / GREY_BYTES - (sum / GREY_BYTES) ** 2
  return { fingerprint, coarse, isBlank: variance < CONTRAST_LEAST ** 2 || length === 0 }
}

/** Whether two fingerprints are of copies of one photograph.
 *  @public the rule for one pair */
export const areCopies = (a: Uint8Array, b: Uint8Array): boolean => areAlike(prepare(a), prepare(b))

function areAlike(a: PreparedPrint, b: PreparedPrint): boolean {
  if (a.isBlank || b.isBlank || correlation(a.coarse, b.coarse) < COARSE_LEAST) return false
  if (colourDistance(a.fingerprint, b.fingerprint) > COLOUR_MOST) return false
  const [grey, other] = [a.fingerprint.subarray(0, GREY_BYTES), b.fingerprint.subarray(0, GREY_BYTES)]
  return Math.max(alignedCorrelation(grey, other, SIDE), alignedCorrelation(other, grey, SIDE)) >= COPY_LEAST
}

/** Links the copies among fingerprints, each with every earlier one; null: not known. From `first` on they are new:
 *  older ones are not compared with each other again. Yields after each new one, so that the caller can let others
 *  run in between. */
export function* copyLinks(
  fingerprints: readonly (Uint8Array | null)[],
  first = 0,
): Generator<readonly Link[]> {
  const all = fingerprints.map((one) => one && prepare(one))
  for (let i = first; i < all.length; i++) {
    const one = all[i]
    const links: Link[] = []
    if (one)
      for (let k = 0; k < i; k++) {
        const other = all[k]
        if (other && areAlike(one, other)) links.push([k, i])
      }
    yield links
  }
}

/** How alike two images are as a whole, from −1 to 1: frames of a burst are, two different photographs by chance. */
export const likeness = (a: Uint8Array, b: Uint8Array): number =>
  correlation(prepare(a).coarse, prepare(b).coarse)

function correlation(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function colourDistance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0
  for (let i = GREY_BYTES; i < FINGERPRINT_BYTES; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / COLOUR_BYTES
}
