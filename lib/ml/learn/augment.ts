/** Seeded changes that leave an image's class as it is: what an epoch shows instead of the stored square. It
 *  works on the packed bytes, before normalising; the recipe states which changes are valid for a
 *  classifier. */
import { createRandom, mixSeeds } from '../random.ts'
import type { Square } from './square.ts'

/** All absent: the image as it is. Ranges are symmetric: `rotate: 10` turns by −10° to +10°. */
export type Augmentation = {
  /** Mirrors every second image, left to right; `alternating`: each image in every second epoch, so that random
   *  choice repeats none (K. Jordan 2024, arXiv:2404.00498, § 3.6). */
  readonly flip?: boolean | 'alternating'
  /** Moves by up to this many pixels each way; beyond its edge the image is mirrored. */
  readonly shift?: number
  /** Degrees. */
  readonly rotate?: number
  /** Share by which it grows or shrinks. */
  readonly zoom?: number
  /** Share of the full range added to all values. */
  readonly brightness?: number
  /** Share by which differences from mid-grey grow or shrink. */
  readonly contrast?: number
  /** Share by which each channel is scaled independently. */
  readonly colour?: number
  /** Side of a grey square at a random place, in pixels. */
  readonly cutout?: number
}

/** Share of the images that are turned and zoomed, when a recipe has these changes. Interpolated images are
 *  smoother than those that are predicted: a network trained on nothing else is worse on sharp images (Touvron
 *  et al. 2019, arXiv:1906.06423). */
const WARPED = 0.5

/** One number per sample from its content hash, so that the random changes depend on the image and not on its
 *  place in a list. */
export const sampleSeed = (hash: string): number => Number.parseInt(hash.slice(0, 8), 16) >>> 0

/** Writes the changed square into `out`. The same seed, epoch and sample give the same image, whatever the
 *  batch. */
export function augment(
  from: Uint8Array,
  out: Uint8Array,
  options: { square: Square; how: Augmentation; seed: number; epoch: number; sample: number },
): void {
  const { square, how } = options
  const random = createRandom(mixSeeds(options.seed, options.epoch, options.sample))
  const within = (reach: number | undefined): number => (random() * 2 - 1) * (reach ?? 0)
  // Every number is drawn whether it is used or not, so that one setting does not change the random numbers of
  // the others.
  const isHeads = random() < 0.5
  const isMirrored =
    how.flip === 'alternating'
      ? (mixSeeds(options.seed, options.sample) + options.epoch) % 2 === 0
      : isHeads && how.flip === true
  const right = within(how.shift)
  const down = within(how.shift)
  const turn = (within(how.rotate) * Math.PI) / 180
  const scale = 1 + within(how.zoom)
  const lift = within(how.brightness) * 255
  const spread = 1 + within(how.contrast)
  const tints = [1 + within(how.colour), 1 + within(how.colour), 1 + within(how.colour)]
  const cutX = random()
  const cutY = random()
  const isWarped = random() < WARPED
  if ((how.rotate || how.zoom) && isWarped) warp(from, out, square, { isMirrored, right, down, turn, scale })
  else move(from, out, square, { isMirrored, right: Math.round(right), down: Math.round(down) })
  if (how.brightness || how.contrast || how.colour)
    retone(out, square.channels, { lift, spread, tints: how.colour ? tints : [1, 1, 1] })
  if (how.cutout) coverPart(out, square, { side: how.cutout, x: cutX, y: cutY })
}

/** Rotated about the centre by this many degrees. */
export function turned(from: Uint8Array, square: Square, degrees: number): Uint8Array {
  const out = new Uint8Array(from.length)
  warp(from, out, square, { isMirrored: false, right: 0, down: 0, turn: (degrees * Math.PI) / 180, scale: 1 })
  return out
}

/** Whole pixels: nothing is interpolated, so the image keeps its sharpness. */
function move(
  from: Uint8Array,
  out: Uint8Array,
  { size, channels }: Square,
  by: { isMirrored: boolean; right: number; down: number },
): void {
  let to = 0
  for (let y = 0; y < size; y++) {
    const row = mirrored(y - by.down, size) * size
    for (let x = 0; x < size; x++) {
      const source = mirrored(x - by.right, size)
      let at = (row + (by.isMirrored ? size - 1 - source : source)) * channels
      for (let c = 0; c < channels; c++) out[to++] = from[at++]!
    }
  }
}

/** Turned and scaled about the middle, interpolated between the four nearest pixels. */
function warp(
  from: Uint8Array,
  out: Uint8Array,
  { size, channels }: Square,
  by: { isMirrored: boolean; right: number; down: number; turn: number; scale: number },
): void {
  const middle = (size - 1) / 2
  const cos = Math.cos(by.turn) / by.scale
  const sin = Math.sin(by.turn) / by.scale
  const sign = by.isMirrored ? -1 : 1
  let to = 0
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const dx = (x - middle - by.right) * sign
      const dy = y - middle - by.down
      const sx = middle + cos * dx + sin * dy
      const sy = middle - sin * dx + cos * dy
      const left = Math.floor(sx)
      const top = Math.floor(sy)
      const a = sx - left
      const b = sy - top
      const x0 = mirrored(left, size) * channels
      const x1 = mirrored(left + 1, size) * channels
      const y0 = mirrored(top, size) * size * channels
      const y1 = mirrored(top + 1, size) * size * channels
      for (let c = 0; c < channels; c++) {
        const upper = from[y0 + x0 + c]! * (1 - a) + from[y0 + x1 + c]! * a
        const lower = from[y1 + x0 + c]! * (1 - a) + from[y1 + x1 + c]! * a
        out[to++] = upper * (1 - b) + lower * b + 0.5
      }
    }
  }
}

/** A position beyond the edge reads the image mirrored at its last pixel. */
function mirrored(at: number, size: number): number {
  const period = 2 * (size - 1)
  const place = Math.abs(at) % period
  return place < size ? place : period - place
}

function retone(
  square: Uint8Array,
  channels: number,
  by: { lift: number; spread: number; tints: readonly number[] },
): void {
  for (let c = 0; c < channels; c++) {
    const table = Uint8ClampedArray.from(
      { length: 256 },
      (_, v) => ((v - 128) * by.spread + 128 + by.lift) * by.tints[c]!,
    )
    for (let i = c; i < square.length; i += channels) square[i] = table[square[i]!]!
  }
}

/** The covered square is entirely inside, so that every image loses the same share. DeVries and Taylor 2017
 *  (arXiv:1708.04552). */
function coverPart(
  square: Uint8Array,
  { size, channels }: Square,
  cut: { side: number; x: number; y: number },
): void {
  const side = Math.min(cut.side, size)
  const left = Math.floor(cut.x * (size - side + 1))
  const top = Math.floor(cut.y * (size - side + 1))
  for (let y = top; y < top + side; y++)
    square.fill(128, (y * size + left) * channels, (y * size + left + side) * channels)
}

/** Mirrors left and right without a random choice, for uses that need both views of an image. */
export function mirroredSquare(square: Uint8Array, { size, channels }: Square): Uint8Array {
  const out = new Uint8Array(square.length)
  const row = size * channels
  for (let start = 0; start < square.length; start += row) {
    let from = start + row - channels
    if (channels === 3) {
      // three statements take a third of the time of a loop over them (2026-11)
      for (let to = start; to < start + row; to += 3, from -= 3) {
        out[to] = square[from]!
        out[to + 1] = square[from + 1]!
        out[to + 2] = square[from + 2]!
      }
    } else {
      for (let to = start; to < start + row; to += channels, from -= channels)
        for (let c = 0; c < channels; c++) out[to + c] = square[from + c]!
    }
  }
  return out
}
