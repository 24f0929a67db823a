/** Lanczos-3 resampling of bytes, antialiased, in fixed point: the same kernel for training, serving and the
 *  browser. It knows windows and channels: the three ways to fit an image into a square come first. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { averageBlocks, type Raster } from './average-blocks.ts'

export type { Raster }

export const SUPPORT = 3 // lobes of the kernel
const PRECISION = 14 // bits after the point; 8-bit samples × 15-bit weights stay far below 2^31
export const ONE = 1 << PRECISION
const HALF = 1 << (PRECISION - 1)
/** From this factor on, whole blocks of pixels are averaged first, to no less than 4 × the target size: a
 *  photograph of 12 megapixels then costs one pass of additions instead of six of multiplications. */
export const REDUCE_FROM = 8
export const REDUCE_TO = 4

/** The part of a raster that fills the whole result, in pixels. Taps beyond it read the image around it,
 *  never beyond the image. */
export type Window = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The whole raster, whatever its shape. */
export const stretch = (raster: Raster, width: number, height: number): Uint8Array =>
  resize(raster, { x: 0, y: 0, width: raster.width, height: raster.height }, width, height)

/** The shorter side becomes `size`, the middle of the longer one stays. */
export function cover(raster: Raster, size: number): Uint8Array {
  const side = Math.min(raster.width, raster.height)
  const window = {
    x: Math.floor((raster.width - side) / 2),
    y: Math.floor((raster.height - side) / 2),
    width: side,
    height: side,
  }
  return resize(raster, window, size, size)
}

/** The longer side becomes `size`; the rest shows the background. */
export function contain(
  raster: Raster,
  { size, background }: Pick<Preprocess, 'size' | 'background'>,
): Uint8Array {
  const scale = size / Math.max(raster.width, raster.height)
  const width = Math.max(1, Math.round(raster.width * scale))
  const height = Math.max(1, Math.round(raster.height * scale))
  const inside = stretch(raster, width, height)
  if (width === size && height === size) return inside
  const { channels } = raster
  const [r, g, b] = background
  const fill = channels === 3 ? [r, g, b] : [(r * 77 + g * 150 + b * 29 + 128) >> 8]
  const out = Uint8Array.from({ length: size * size * channels }, (_, i) => fill[i % channels]!)
  const left = Math.floor((size - width) / 2)
  const top = Math.floor((size - height) / 2)
  for (let y = 0; y < height; y++)
    out.set(
      inside.subarray(y * width * channels, (y + 1) * width * channels),
      ((top + y) * size + left) * channels,
    )
  return out
}

/** The window of a raster at another size. A window of that size, on whole pixels, is copied and never
 *  resampled. */
export function resize(raster: Raster, window: Window, width: number, height: number): Uint8Array {
  const { raster: from, window: part } = reduced(raster, window, width, height)
  if (part.width === width && part.height === height && Number.isInteger(part.x) && Number.isInteger(part.y))
    return crop(from, part)
  const across = taps(from.width, part.x, part.width, width)
  const down = taps(from.height, part.y, part.height, height)
  const firstRow = down.starts[0]!
  const endRow = down.starts[height - 1]! + down.counts[height - 1]!
  const rows = horizontal(from, across, { first: firstRow, end: endRow })
  return vertical(rows, down, { width, channels: from.channels, firstRow })
}

export function crop(raster: Raster, window: Window): Uint8Array {
  const { channels } = raster
  const length = window.width * channels
  if (window.width === raster.width)
    return raster.data.slice(window.y * length, (window.y + window.height) * length)
  const out = new Uint8Array(window.width * window.height * channels)
  for (let y = 0; y < window.height; y++) {
    const from = ((window.y + y) * raster.width + window.x) * channels
    out.set(raster.data.subarray(from, from + length), y * length)
  }
  return out
}

type Taps = {
  readonly starts: Int32Array
  readonly counts: Int32Array
  readonly weights: Int32Array
  readonly most: number
}

/** For each output position: where its taps start, how many there are, and their weights, which sum to
 *  exactly one. */
function taps(length: number, offset: number, span: number, out: number): Taps {
  const scale = span / out
  const stretch = Math.max(1, scale) // antialiasing: the kernel widens with the reduction
  const reach = SUPPORT * stretch
  const most = Math.ceil(reach) * 2 + 1
  const starts = new Int32Array(out)
  const counts = new Int32Array(out)
  const weights = new Int32Array(out * most)
  const exact = new Float64Array(most)
  for (let i = 0; i < out; i++) {
    const centre = offset + (i + 0.5) * scale
    const start = Math.max(0, Math.floor(centre - reach + 0.5))
    const count = Math.min(length, Math.floor(centre + reach + 0.5)) - start
    let sum = 0
    for (let k = 0; k < count; k++) sum += exact[k] = lanczos((start + k + 0.5 - centre) / stretch)
    let whole = 0
    let largest = 0
    for (let k = 0; k < count; k++) {
      const weight = Math.round((exact[k]! / sum) * ONE)
      weights[i * most + k] = weight
      whole += weight
      if (exact[k]! > exact[largest]!) largest = k
    }
    weights[i * most + largest]! += ONE - whole // a flat area stays exactly flat
    starts[i] = start
    counts[i] = count
  }
  return { starts, counts, weights, most }
}

function lanczos(x: number): number {
  if (x === 0) return 1
  if (x <= -SUPPORT || x >= SUPPORT) return 0
  const a = Math.PI * x
  return (SUPPORT * Math.sin(a) * Math.sin(a / SUPPORT)) / (a * a)
}

const byte = (sum: number): number => {
  const value = (sum + HALF) >> PRECISION
  if (value < 0) return 0
  return value > 255 ? 255 : value
}

function horizontal(
  raster: Raster,
  { starts, counts, weights, most }: Taps,
  rows: { first: number; end: number },
): Uint8Array {
  const { channels, data, width } = raster
  const outWidth = starts.length
  const out = new Uint8Array((rows.end - rows.first) * outWidth * channels)
  let to = 0
  for (let y = rows.first; y < rows.end; y++) {
    const row = y * width * channels
    for (let x = 0; x < outWidth; x++) {
      let from = row + starts[x]! * channels
      const first = x * most
      const end = first + counts[x]!
      if (channels === 3) {
        let r = 0
        let g = 0
        let b = 0
        for (let k = first; k < end; k++, from += 3) {
          const w = weights[k]!
          r += data[from]! * w
          g += data[from + 1]! * w
          b += data[from + 2]! * w
        }
        out[to++] = byte(r)
        out[to++] = byte(g)
        out[to++] = byte(b)
      } else {
        let v = 0
        for (let k = first; k < end; k++) v += data[from++]! * weights[k]!
        out[to++] = byte(v)
      }
    }
  }
  return out
}

function vertical(
  rows: Uint8Array,
  { starts, counts, weights, most }: Taps,
  about: { width: number; channels: number; firstRow: number },
): Uint8Array {
  const length = about.width * about.channels
  const out = new Uint8Array(starts.length * length)
  const sums = new Int32Array(length)
  for (let y = 0; y < starts.length; y++) {
    sums.fill(0)
    let from = (starts[y]! - about.firstRow) * length
    for (let k = y * most; k < y * most + counts[y]!; k++) {
      const w = weights[k]!
      for (let i = 0; i < length; i++) sums[i]! += rows[from++]! * w
    }
    for (let i = 0; i < length; i++) out[y * length + i] = byte(sums[i]!)
  }
  return out
}

function reduced(
  raster: Raster,
  window: Window,
  width: number,
  height: number,
): { raster: Raster; window: Window } {
  const across = factor(window.width / width)
  const down = factor(window.height / height)
  if (across === 1 && down === 1) return { raster, window }
  const smaller = averageBlocks(raster, across, down)
  return {
    raster: smaller,
    window: {
      x: window.x / across,
      y: window.y / down,
      width: window.width / across,
      height: window.height / down,
    },
  }
}

const factor = (scale: number): number => (scale < REDUCE_FROM ? 1 : Math.floor(scale / REDUCE_TO))

/** A square with this ink on black, placed so that its centre of mass lies in the middle, as far as it stays
 *  whole. */
export function centred(ink: Uint8Array, width: number, height: number, size: number): Uint8Array {
  let [mass, massX, massY] = [0, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = ink[y * width + x]!
      mass += value
      massX += value * (x + 0.5)
      massY += value * (y + 0.5)
    }
  const place = (centre: number, length: number): number =>
    Math.max(0, Math.min(size - length, Math.round(size / 2 - centre)))
  const left = place(mass ? massX / mass : width / 2, width)
  const top = place(mass ? massY / mass : height / 2, height)
  const out = new Uint8Array(size * size)
  for (let y = 0; y < height; y++) out.set(ink.subarray(y * width, (y + 1) * width), (top + y) * size + left)
  return out
}
