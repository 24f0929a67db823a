/** BMP, which sharp does not read: OS/2 and Windows headers, 1 to 32 bits, palettes, bit fields, run lengths,
 *  rows in either direction. Our own decoder, because bmp-ts 1.0.9 loses rows of 4-bit images of odd width and
 *  trusts header values. JPEG or PNG inside a BMP is refused. */
import type { Pixels } from './flatten-alpha.ts'

export type BmpHeader = {
  readonly width: number
  readonly height: number
  readonly isTopDown: boolean
  readonly bits: number
  readonly compression: number
  readonly pixelsAt: number
  /** Three bytes per colour, red first. */
  readonly palette: Uint8Array
  /** Red, green, blue, alpha. */
  readonly masks: readonly [number, number, number, number]
}

const RGB = 0
const RLE8 = 1
const RLE4 = 2
const BIT_FIELDS = 3
const ALPHA_BIT_FIELDS = 6
/** Masks that follow the smallest header; larger headers contain them. */
const MASK_BYTES: Readonly<Record<number, number>> = { [BIT_FIELDS]: 12, [ALPHA_BIT_FIELDS]: 16 }
/** The depths that each compression allows. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [RGB]: [1, 2, 4, 8, 16, 24, 32],
  [RLE8]: [8],
  [RLE4]: [4],
  [BIT_FIELDS]: [16, 32],
  [ALPHA_BIT_FIELDS]: [16, 32],
}
const MASKS_OF_16 = [0x7c00, 0x03e0, 0x001f, 0] as const
const MASKS_OF_32 = [0xff0000, 0xff00, 0xff, 0] as const
const FILE_HEADER = 14
const OS2_HEADER = 12
const SMALLEST_WINDOWS_HEADER = 40

/** The header, checked against the file's own length; a sentence when it is invalid. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < FILE_HEADER + OS2_HEADER) return 'it is truncated'
  const headerSize = view.getUint32(14, true)
  if (bytes.length < FILE_HEADER + headerSize) return 'it is truncated'
  const isOs2 = headerSize === OS2_HEADER
  if (!isOs2 && headerSize < SMALLEST_WINDOWS_HEADER) return 'its header type is unknown'
  const width = isOs2 ? view.getUint16(18, true) : view.getInt32(18, true)
  const tall = isOs2 ? view.getUint16(20, true) : view.getInt32(22, true)
  const bits = view.getUint16(isOs2 ? 24 : 28, true)
  const compression = isOs2 ? RGB : view.getUint32(30, true)
  if (width <= 0 || tall === 0) return 'its size is zero pixels'
  if (!DEPTHS[compression]?.includes(bits))
    return `its pixel format is not supported (${bits} bits, compression method ${compression})`

  const maskBytes = headerSize === SMALLEST_WINDOWS_HEADER ? (MASK_BYTES[compression] ?? 0) : 0
  const paletteAt = FILE_HEADER + headerSize + maskBytes
  const pixelsAt = view.getUint32(10, true)
  if (pixelsAt < paletteAt || pixelsAt > bytes.length) return 'its header is damaged'
  const perColour = isOs2 ? 3 : 4
  const named = isOs2 ? 0 : view.getUint32(46, true)
  const colours =
    bits > 8
      ? 0
      : Math.min(named === 0 ? 2 ** bits : named, 2 ** bits, Math.floor((pixelsAt - paletteAt) / perColour))
  if (bits <= 8 && colours === 0) return 'its palette is missing'
  return {
    width,
    height: Math.abs(tall),
    isTopDown: tall < 0,
    bits,
    compression,
    pixelsAt,
    palette: paletteOf(bytes, paletteAt, colours, perColour),
    masks: masksOf(view, bits, compression, headerSize),
  }
}

function paletteOf(bytes: Uint8Array, at: number, colours: number, perColour: number): Uint8Array {
  const palette = new Uint8Array(256 * 3)
  for (let i = 0; i < colours; i++)
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = bytes[at + i * perColour + 2 - c]!
  return palette
}

function masksOf(view: DataView, bits: number, compression: number, headerSize: number): BmpHeader['masks'] {
  const isNamed = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS
  if (!isNamed) return bits === 16 ? MASKS_OF_16 : MASKS_OF_32
  const hasAlpha = compression === ALPHA_BIT_FIELDS || headerSize >= 56
  const mask = (i: number): number => (view.byteLength >= 58 + i * 4 ? view.getUint32(54 + i * 4, true) : 0)
  return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0]
}

/** Writes one row of the image, counted from the top, as three or four bytes per pixel. */
type RowReader = { readonly channels: 3 | 4; readonly read: (y: number, out: Uint8Array) => void }

/** The pixels, top row first, `reduce × reduce` of them averaged into one; a sentence when the file ends
 *  before its image does. In addition to the result it needs memory for one row, and for run lengths one byte per
 *  pixel. */
export function decodeBmp(bytes: Uint8Array, head: BmpHeader, reduce = 1): Pixels | string {
  const rows = rowsOf(bytes, head)
  return typeof rows === 'string' ? rows : averaged(rows, head, reduce)
}

function rowsOf(bytes: Uint8Array, head: BmpHeader): RowReader | string {
  if (head.compression === RLE8 || head.compression === RLE4) {
    const indices = runLengths(bytes, head)
    return typeof indices === 'string'
      ? indices
      : fromPalette(indices, { ...head, bits: 8 }, (y) => y * head.width)
  }
  const stride = Math.ceil((head.width * head.bits) / 32) * 4
  const lastRow = Math.ceil((head.width * head.bits) / 8)
  if (head.pixelsAt + stride * (head.height - 1) + lastRow > bytes.length) return 'it is truncated'
  const rowAt = (y: number): number => head.pixelsAt + stride * (head.isTopDown ? y : head.height - 1 - y)
  if (head.bits <= 8) return fromPalette(bytes, head, rowAt)
  if (head.bits === 24) return fromTriples(bytes, head, rowAt)
  return fromMasks(bytes, head, rowAt)
}

/** Blocks at the right and lower edge may be incomplete; they average the pixels they have. */
function averaged({ channels, read }: RowReader, head: BmpHeader, reduce: number): Pixels {
  const width = Math.ceil(head.width / reduce)
  const height = Math.ceil(head.height / reduce)
  const data = new Uint8Array(width * height * channels)
  const length = width * channels
  const row = new Uint8Array(head.width * channels)
  const sums = new Uint32Array(length)
  for (let y = 0; y < height; y++) {
    const out = data.subarray(y * length, (y + 1) * length)
    if (reduce === 1) {
      read(y, out)
      continue
    }
    sums.fill(0)
    const rows = Math.min(reduce, head.height - y * reduce)
    for (let i = 0; i < rows; i++) {
      read(y * reduce + i, row)
      addBlocks(row, sums, { channels, across: reduce * channels })
    }
    for (let i = 0; i < length; i++)
      out[i] = Math.round(
        sums[i]! / (rows * Math.min(reduce, head.width - Math.floor(i / channels) * reduce)),
      )
  }
  return { width, height, data, channels }
}

function addBlocks(
  row: Uint8Array,
  sums: Uint32Array,
  { channels, across }: { channels: number; across: number },
): void {
  for (let from = 0, to = 0; from < row.length; from += across, to += channels) {
    const end = Math.min(row.length, from + across)
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let at = from + c; at < end; at += channels) sum += row[at]!
      sums[to + c]! += sum
    }
  }
}

function fromPalette(
  bytes: Uint8Array,
  { width, bits, palette }: BmpHeader,
  rowAt: (y: number) => number,
): RowReader {
  const perByte = 8 / bits
  const mask = 2 ** bits - 1
  return {
    channels: 3,
    read(y, out) {
      for (let x = 0, at = rowAt(y), to = 0; x < width; at++) {
        const packed = bytes[at]!
        for (let shift = 8 - bits, end = Math.min(width, x + perByte); x < end; x++, shift -= bits, to += 3) {
          const from = ((packed >> shift) & mask) * 3
          out[to] = palette[from]!
          out[to + 1] = palette[from + 1]!
          out[to + 2] = palette[from + 2]!
        }
      }
    },
  }
}

function fromTriples(bytes: Uint8Array, { width }: BmpHeader, rowAt: (y: number) => number): RowReader {
  return {
    channels: 3,
    read(y, out) {
      for (let x = 0, from = rowAt(y), to = 0; x < width; x++, from += 3, to += 3) {
        out[to] = bytes[from + 2]!
        out[to + 1] = bytes[from + 1]!
        out[to + 2] = bytes[from]!
      }
    },
  }
}

function fromMasks(
  bytes: Uint8Array,
  { width, height, bits, masks }: BmpHeader,
  rowAt: (y: number) => number,
): RowReader {
  const [red, green, blue, alpha] = masks.map(levelsOf) as [Levels, Levels, Levels, Levels] // four masks
  const wordAt = (at: number): number =>
    bits === 16
      ? bytes[at]! | (bytes[at + 1]! << 8)
      : (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  const step = bits / 8
  const hasAlpha = masks[3] !== 0 && hasAnyAlpha()
  return {
    channels: 4,
    read(y, out) {
      for (let x = 0, from = rowAt(y), to = 0; x < width; x++, from += step, to += 4) {
        const word = wordAt(from)
        out[to] = red(word)
        out[to + 1] = green(word)
        out[to + 2] = blue(word)
        out[to + 3] = hasAlpha ? alpha(word) : 255
      }
    },
  }

  /** Many writers declare an alpha mask and leave it zero: such an image is meant to be visible. */
  function hasAnyAlpha(): boolean {
    for (let y = 0; y < height; y++)
      for (let x = 0, at = rowAt(y); x < width; x++, at += step)
        if ((wordAt(at) & masks[3]) !== 0) return true
    return false
  }
}

type Levels = (word: number) => number

/** From a pixel's word to 0–255; a mask of `n` bits spreads its 2ⁿ levels over the whole range. */
function levelsOf(mask: number): Levels {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return (word) => Math.round((((word & mask) >>> shift) * 255) / most)
}

/** Run lengths (Windows GDI, "Bitmap Compression") as one byte per pixel; pixels outside all runs have colour
 *  0. */
function runLengths(bytes: Uint8Array, head: BmpHeader): Uint8Array | string {
  const { width, height } = head
  const indices = new Uint8Array(width * height)
  const isNibbles = head.compression === RLE4
  const put = (x: number, y: number, index: number): void => {
    if (x < width && y < height) indices[(head.isTopDown ? y : height - 1 - y) * width + x] = index
  }
  let at = head.pixelsAt
  for (let x = 0, y = 0; y < height;) {
    if (at + 2 > bytes.length) return 'it is truncated'
    const count = bytes[at]!
    const second = bytes[at + 1]!
    at += 2
    if (count > 0) {
      for (let i = 0; i < count; i++, x++) put(x, y, isNibbles ? nibble(second, i) : second)
    } else if (second === 0) {
      x = 0
      y += 1
    } else if (second === 1) {
      break
    } else if (second === 2) {
      if (at + 2 > bytes.length) return 'it is truncated'
      x += bytes[at]!
      y += bytes[at + 1]!
      at += 2
    } else {
      const size = isNibbles ? Math.ceil(second / 2) : second
      if (at + size > bytes.length) return 'it is truncated'
      for (let i = 0; i < second; i++, x++)
        put(x, y, isNibbles ? nibble(bytes[at + (i >> 1)]!, i) : bytes[at + i]!)
      at += size + (size % 2)
    }
  }
  return indices
}

const nibble = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15)
