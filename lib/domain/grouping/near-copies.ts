/** Whether two images are copies of one photograph that was cropped a little, made lighter or darker, or compressed
 *  again: decided by small fingerprints of their pixels. It reads no file and groups nothing (groups.ts). */
import { alignedCorrelation } from './align-grids.ts'
import type { RgbImage } from '../image.ts'
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
 *  another one, most of these being copies that were in the data already
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

/** Grey levels of 32 × 32 cells, smoothed, then Cb and Cr of 4 × 4, each the mean over its cell. Proportions are
 *  ignored, because a crop changes them. Smoothed, because a crop moves fine texture from one cell to the next. */
export function fingerprintOf(image: RgbImage): Uint8Array {
  const out = new Uint8ClampedArray(FINGERPRINT_BYTES) // rounds; JFIF clamps as well: Cr of pure red is 255.5
  const grey = colours(cellMeans(image, SIDE)).map(([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b)
  out.set(smoothed(grey))
  const chroma = colours(cellMeans(image, COLOUR_SIDE)).flatMap(([r, g, b]) => [
    128 - 0.168736 * r - 0.331264 * g + 0.5 * b, // ITU-T T.871 (JFIF), section 7
    128 + 0.5 * r - 0.418688 * g - 0.081312 * b,
  ])
  out.set(chroma, GREY_BYTES)
  return new Uint8Array(out.buffer)
}

type Colour = readonly [r: number, g: number, b: number]

const colours = (values: Float64Array): Colour[] =>
  Array.from({ length: values.length / 3 }, (_, i): Colour => {
    const [r, g, b] = values.subarray(i * 3)
    return [r!, g!, b!]
  })

/** Weights 1, 2, 1 along rows, then along columns; the last cell goes on beyond the edge. */
function smoothed(grey: readonly number[]): readonly number[] {
  const along = (from: readonly number[], step: number): readonly number[] =>
    from.map((value, i) => {
      const at = Math.floor(i / step) % SIDE
      const before = at === 0 ? value : from[i - step]!
      const after = at === SIDE - 1 ? value : from[i + step]!
      return (before + 2 * value + after) / 4
    })
  return along(along(grey, 1), SIDE)
}

/** Means over side × side cells of equal size, three numbers each; pixels on a border count by their share. */
function cellMeans({ width, height, data }: RgbImage, side: number): Float64Array {
  const cells = new Float64Array(side * side * 3)
  const across = shares(width, side)
  for (const down of shares(height, side))
    for (const { cell, pixel, share } of across) {
      const to = (down.cell * side + cell) * 3
      const from = (down.pixel * width + pixel) * 3
      const weight = down.share * share
      cells[to]! += weight * data[from]!
      cells[to + 1]! += weight * data[from + 1]!
      cells[to + 2]! += weight * data[from + 2]!
    }
  return cells
}

type Share = { readonly cell: number; readonly pixel: number; readonly share: number }

/** Which share of each cell which pixel is. */
function shares(pixels: number, side: number): readonly Share[] {
  return Array.from({ length: side }, (_, cell): Share[] => {
    const [from, to] = [(cell * pixels) / side, ((cell + 1) * pixels) / side]
    const first = Math.floor(from)
    return Array.from({ length: Math.ceil(to) - first }, (_one, i) => {
      const pixel = first + i
      return { cell, pixel, share: ((Math.min(to, pixel + 1) - Math.max(from, pixel)) / pixels) * side }
    })
  }).flat()
}

type PreparedPrint = {
  readonly fingerprint: Uint8Array
  readonly coarse: Float32Array
  readonly isBlank: boolean
}

/** What comparing needs of a fingerprint, computed once. The coarse grid has mean zero and length one, unless it is
 *  zero everywhere. */
function prepare(fingerprint: Uint8Array): PreparedPrint {
  const grey = Float64Array.from(fingerprint.subarray(0, GREY_BYTES))
  const mean = meanOf(grey)
  const variance = meanOf(grey.map((value) => (value - mean) ** 2))
  const coarse = new Float32Array(COARSE_SIDE * COARSE_SIDE)
  const step = SIDE / COARSE_SIDE
  grey.forEach((value, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)]
    coarse[Math.floor(y / step) * COARSE_SIDE + Math.floor(x / step)]! += value - mean
  })
  const length = Math.sqrt(correlation(coarse, coarse))
  if (length > 0) coarse.forEach((value, i) => (coarse[i] = value / length))
  return { fingerprint, coarse, isBlank: variance < CONTRAST_LEAST ** 2 }
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value) / values.length

/** Whether two fingerprints are of copies of one photograph.
 *  @public the rule for one pair */
export const areCopies = (a: Uint8Array, b: Uint8Array): boolean => areAlike(prepare(a), prepare(b))

function areAlike(a: PreparedPrint, b: PreparedPrint): boolean {
  if (a.isBlank || b.isBlank || correlation(a.coarse, b.coarse) < COARSE_LEAST) return false
  if (colourDistance(a.fingerprint, b.fingerprint) > COLOUR_MOST) return false
  const isAligned = (one: Uint8Array, other: Uint8Array): boolean =>
    alignedCorrelation(one, other, SIDE) >= COPY_LEAST
  return isAligned(a.fingerprint, b.fingerprint) || isAligned(b.fingerprint, a.fingerprint)
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
