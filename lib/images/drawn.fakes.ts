/** Images and BMP files made by code for the tests of lib/images. Not used in the product. */
import type { RgbImage } from '#lib/domain/image.ts'

/** Repeatable random numbers (mulberry32): the same seed gives the same numbers on every machine. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Smooth, coloured, different in all four corners, so that rotation, mirroring or swapped channels are visible. */
export function drawn(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set(
        [
          (x * 255) / Math.max(1, width - 1),
          (y * 255) / Math.max(1, height - 1),
          60 + (120 * (x + y)) / (width + height),
        ],
        (y * width + x) * 3,
      )
    }
  }
  return { width, height, data }
}

export function greyOf(image: RgbImage): RgbImage {
  const data = image.data.map((_, i, all) => all[i - (i % 3)]!)
  return { ...image, data }
}

export function noise(width: number, height: number, seed: number): RgbImage {
  const roll = dice(seed)
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => roll() * 256) }
}

/** An image with few colours, as for a palette: `colours[index]`. */
export function tiled(
  width: number,
  height: number,
  colours: readonly (readonly [number, number, number])[],
): { image: RgbImage; indices: Uint8Array } {
  const indices = Uint8Array.from(
    { length: width * height },
    (_, i) => ((i % width) + 2 * Math.floor(i / width)) % colours.length,
  )
  const data = new Uint8Array(width * height * 3)
  indices.forEach((index, i) => data.set(colours[index]!, i * 3))
  return { image: { width, height, data }, indices }
}

export type BmpParts = {
  width: number
  height: number
  bits: number
  compression?: number
  palette?: readonly (readonly [number, number, number])[]
  masks?: readonly number[]
  headerSize?: number
  pixels: Uint8Array
}

/** A BMP file from its parts; a negative height means rows from the top. */
export function bmpFile({
  width,
  height,
  bits,
  compression = 0,
  palette = [],
  masks = [],
  headerSize = 40,
  pixels,
}: BmpParts): Uint8Array {
  const isOs2 = headerSize === 12
  const masksAfter = headerSize === 40 ? masks : []
  const pixelsAt = 14 + headerSize + masksAfter.length * 4 + palette.length * (isOs2 ? 3 : 4)
  const out = new Uint8Array(pixelsAt + pixels.length)
  const view = new DataView(out.buffer)
  out.set([0x42, 0x4d])
  view.setUint32(2, out.length, true)
  view.setUint32(10, pixelsAt, true)
  view.setUint32(14, headerSize, true)
  if (isOs2) [width, height, 1, bits].forEach((value, i) => view.setUint16(18 + i * 2, value, true))
  else {
    view.setInt32(18, width, true)
    view.setInt32(22, height, true)
    view.setUint16(26, 1, true)
    view.setUint16(28, bits, true)
    view.setUint32(30, compression, true)
    view.setUint32(46, palette.length, true)
  }
  masks.forEach((mask, i) => view.setUint32(54 + i * 4, mask, true))
  palette.forEach(([r, g, b], i) =>
    out.set(isOs2 ? [b, g, r] : [b, g, r, 0], 14 + headerSize + masksAfter.length * 4 + i * (isOs2 ? 3 : 4)),
  )
  out.set(pixels, pixelsAt)
  return out
}

/** Rows of `bits` per pixel, padded to four bytes, in the given order. */
export function bmpRows(values: readonly (readonly number[])[], bits: number): Uint8Array {
  const stride = Math.ceil((values[0]!.length * bits) / 32) * 4
  const out = new Uint8Array(stride * values.length)
  values.forEach((row, y) => {
    row.forEach((value, x) => {
      if (bits >= 8)
        for (let k = 0; k < bits / 8; k++)
          out[y * stride + (x * bits) / 8 + k] = Math.floor(value / 256 ** k) % 256
      else out[y * stride + Math.floor((x * bits) / 8)]! |= value << (8 - bits - ((x * bits) % 8))
    })
  })
  return out
}
