/** Writes PNGs: the same bytes, and so the same hash, for the same pixels on every machine where they are small. */
import { crc32, deflateSync } from 'node:zlib'
import type { RgbImage } from '#lib/domain/image.ts'
import { joinedBytes, paeth, SIGNATURE } from './png.ts'

/** Up to one file-system block the data is stored, not compressed: the same bytes, and so the same hash, on
 *  every machine. */
const STORED_BYTES = 4096
const NOTHING = new Uint8Array(0)

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
