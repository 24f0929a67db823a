/** PNG without a native call: the checks a PNG must pass, a decoder for small plain ones (28–35 µs against
 *  sharp's 336), and the writer. The decoder returns pixels or null, and never refuses: sharp decodes what it
 *  leaves, so that both always agree. */
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import type { RgbImage } from '#lib/domain/image.ts'
import type { Pixels } from './flatten-alpha.ts'

/** Larger images gain nothing from JavaScript. */
export const SMALL_SIDE = 64
/** Up to one file-system block the data is stored, not compressed: the same bytes, and so the same hash, on
 *  every machine. */
const STORED_BYTES = 4096

export type PngHeader = {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly isInterlaced: boolean
  /** Whether it contains only chunks that do not affect its pixels. */
  readonly isPlain: boolean
  /** The location of the compressed pixels: `[from, to)` of each IDAT. */
  readonly parts: readonly (readonly [number, number])[]
}

/** A PNG of 20 MB has about 2,500; each takes a microsecond or two of the event loop. */
const MOST_CHUNKS = 20_000
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const NOTHING = new Uint8Array(0)
const HARMLESS = new Set(['gAMA', 'sRGB', 'cHRM', 'pHYs', 'tIME', 'tEXt', 'sBIT', 'bKGD'])
const CHANNELS: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 4: 2, 6: 4 }

/** Reads the chunks; a sentence when they are not those of a complete PNG. */
export function readPngHeader(bytes: Uint8Array): PngHeader | string {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) return 'its first bytes are damaged'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 33) return 'it is truncated'
  if (nameOf(bytes, 12) !== 'IHDR' || view.getUint32(8) !== 13) return 'its header is damaged'
  const head = {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: bytes[24]!,
    colour: bytes[25]!,
    isInterlaced: bytes[28] !== 0,
  }
  if (head.width === 0 || head.height === 0) return 'its size is zero pixels'
  let isPlain = bytes[26] === 0 && bytes[27] === 0
  const parts: [number, number][] = []
  for (let at = 8, count = 0; ; count++) {
    if (count > MOST_CHUNKS) return `it has more than ${MOST_CHUNKS.toLocaleString('en')} chunks`
    if (at + 12 > bytes.length) return 'it is truncated'
    const size = view.getUint32(at)
    const name = nameOf(bytes, at + 4)
    const end = at + 8 + size
    if (end + 4 > bytes.length) return 'it is truncated'
    const isCritical = (bytes[at + 4]! & 0x20) === 0
    const isSound = crc32(bytes.subarray(at + 4, end)) === view.getUint32(end)
    if (isCritical && !isSound) return `the checksum of its ${name} chunk is wrong`
    if (name === 'IEND') return { ...head, isPlain, parts }
    if (name === 'IDAT') parts.push([at + 8, end])
    else if (name !== 'IHDR' || at !== 8) isPlain &&= isSound && HARMLESS.has(name)
    at = end + 4
  }
}

/** Chunks that affect the pixels. libpng would expand the others, up to 8 MB of each text, before it
 *  decodes a row. */
const NEEDED = new Set([
  'IHDR',
  'PLTE',
  'tRNS',
  'IDAT',
  'IEND',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'eXIf',
  'sBIT',
  'bKGD',
])
const ONCE = new Set(['iCCP', 'eXIf', 'sBIT', 'bKGD', 'gAMA', 'cHRM', 'sRGB'])

/** The same PNG without text and other chunks that do not affect its pixels; its own bytes when it has none.
 *  The chunks must have been checked. */
export function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = [bytes.subarray(0, 8)]
  const names = new Set<string>()
  let from = 8
  for (let at = 8; at + 12 <= bytes.length;) {
    const name = nameOf(bytes, at + 4)
    const end = at + 12 + view.getUint32(at)
    if (!NEEDED.has(name) || (ONCE.has(name) && names.has(name))) {
      parts.push(bytes.subarray(from, at))
      from = end
    }
    names.add(name)
    at = end
    if (name === 'IEND') break
  }
  return from === 8 ? bytes : joinedBytes([...parts, bytes.subarray(from)])
}

/** The pixels of a small, plain, 8-bit, not interlaced PNG; null for any other, and for any irregular
 *  one. */
export function decodeSmallPng(bytes: Uint8Array, head: PngHeader): Pixels | null {
  const channels = CHANNELS[head.colour]
  if (!head.isPlain || head.depth !== 8 || head.isInterlaced || channels === undefined) return null
  if (head.width > SMALL_SIDE || head.height > SMALL_SIDE) return null
  const packed = joined(bytes, head.parts)
  const rows = packed && inflated(packed, (head.width * channels + 1) * head.height)
  const data = rows && unfiltered(rows, head.width * channels, channels)
  return data && { width: head.width, height: head.height, data, channels }
}

/** IDATs must be adjacent; others are left to sharp. */
function joined(bytes: Uint8Array, parts: PngHeader['parts']): Uint8Array | null {
  if (parts.length === 0) return null
  if (parts.length === 1) return bytes.subarray(...parts[0]!)
  if (parts.some(([from], i) => i > 0 && from !== parts[i - 1]![1] + 12)) return null
  return Buffer.concat(parts.map(([from, to]) => bytes.subarray(from, to)))
}

function inflated(packed: Uint8Array, size: number): Uint8Array | null {
  try {
    const { buffer, engine } = inflateSync(packed, { maxOutputLength: size, info: true }) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    return buffer.length === size && engine.bytesWritten === packed.length ? buffer : null
  } catch {
    return null
  }
}

/** PNG specification 1.2, section 6: each row names its filter; the same channel of the previous pixel is `step`
 *  bytes to the left. */
function unfiltered(rows: Uint8Array, stride: number, step: number): Uint8Array | null {
  const height = rows.length / (stride + 1)
  // A row and a pixel of zeros come first, so that every pixel has neighbours.
  const wide = step + stride
  const out = new Uint8Array((height + 1) * wide)
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1
    const filter = rows[from - 1]!
    if (filter > 4) return null
    FILTERS[filter]!({ rows, from, out, to: (y + 1) * wide + step, stride, step })
  }
  const data = new Uint8Array(height * stride)
  for (let y = 0; y < height; y++) {
    const start = (y + 1) * wide + step
    data.set(out.subarray(start, start + stride), y * stride)
  }
  return data
}

type FilteredRow = {
  readonly rows: Uint8Array
  readonly from: number
  /** Rows of `step + stride` bytes, the first `step` of them zero. */
  readonly out: Uint8Array
  readonly to: number
  readonly stride: number
  readonly step: number
}

/** By number. A loop of its own for each: one for all took three times as long (November 2026). */
const FILTERS: readonly ((row: FilteredRow) => void)[] = [
  ({ rows, from, out, to, stride }) => out.set(rows.subarray(from, from + stride), to),
  ({ rows, from, out, to, stride, step }) => {
    for (let x = 0; x < stride; x++) out[to + x] = rows[from + x]! + out[to + x - step]!
  },
  ({ rows, from, out, to, stride, step }) => {
    const above = to - stride - step
    for (let x = 0; x < stride; x++) out[to + x] = rows[from + x]! + out[above + x]!
  },
  ({ rows, from, out, to, stride, step }) => {
    const above = to - stride - step
    for (let x = 0; x < stride; x++)
      out[to + x] = rows[from + x]! + ((out[to + x - step]! + out[above + x]!) >> 1)
  },
  ({ rows, from, out, to, stride, step }) => {
    const above = to - stride - step
    for (let x = 0; x < stride; x++)
      out[to + x] = rows[from + x]! + paeth(out[to + x - step]!, out[above + x]!, out[above + x - step]!)
  },
]

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

/** A PNG of exactly these pixels; grey ones are written with one channel. */
export function encodePng({ width, height, data }: RgbImage): Uint8Array {
  return hasOnlyGreys(data) ? encodeGreyPng(width, height, everyThird(data)) : written(width, height, data, 3)
}

/** The same from one byte per pixel. */
export const encodeGreyPng = (width: number, height: number, grey: Uint8Array): Uint8Array =>
  written(width, height, grey, 1)

function written(width: number, height: number, data: Uint8Array, channels: 1 | 3): Uint8Array {
  const isSmall = (width * channels + 1) * height <= STORED_BYTES
  const rows = filtered(data, width * channels, isSmall ? 0 : channels)
  const head = new Uint8Array(13)
  const view = new DataView(head.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  head.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8)
  return joinedBytes([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('IDAT', isSmall ? stored(rows) : deflateSync(rows)),
    chunk('IEND', NOTHING),
  ])
}

function hasOnlyGreys(data: Uint8Array): boolean {
  for (let i = 0; i < data.length; i += 3)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false
  return true
}

function everyThird(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length / 3)
  for (let i = 0; i < out.length; i++) out[i] = data[i * 3]!
  return out
}

/** Filter 0 (none) for `step` 0, else filter 4 (Paeth), which suits photographs. */
function filtered(data: Uint8Array, stride: number, step: number): Uint8Array {
  const height = data.length / stride
  const out = new Uint8Array((stride + 1) * height)
  for (let y = 0; y < height; y++) {
    const from = y * stride
    const to = y * (stride + 1) + 1
    out[to - 1] = step === 0 ? 0 : 4
    if (step === 0) {
      out.set(data.subarray(from, from + stride), to)
      continue
    }
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? data[from + x - step]! : 0
      const up = y > 0 ? data[from + x - stride]! : 0
      const corner = x >= step && y > 0 ? data[from + x - stride - step]! : 0
      out[to + x] = data[from + x]! - paeth(left, up, corner)
    }
  }
  return out
}

/** A zlib stream of one stored block: header, length and its complement, the bytes, Adler-32 (RFC 1950,
 *  1951). */
function stored(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 11)
  const view = new DataView(out.buffer)
  out.set([0x78, 0x01, 0x01])
  view.setUint16(3, bytes.length, true)
  view.setUint16(5, ~bytes.length & 0xffff, true)
  out.set(bytes, 7)
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a += byte
    b += a
  }
  // At most 4,096 bytes: both sums stay exact until here.
  view.setUint32(bytes.length + 7, (((b % 65521) << 16) | (a % 65521)) >>> 0)
  return out
}

function chunk(name: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 12)
  const view = new DataView(out.buffer)
  view.setUint32(0, body.length)
  for (let i = 0; i < 4; i++) out[4 + i] = name.charCodeAt(i)
  out.set(body, 8)
  view.setUint32(body.length + 8, crc32(out.subarray(4, body.length + 8)))
  return out
}

const nameOf = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)

function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
