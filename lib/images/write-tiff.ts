/** Pixels as an uncompressed TIFF with a colour profile, in memory, so that sharp reduces and converts them as it does
 *  those of any file. It is never stored. */

const STRIP_ROWS = 16
const SHORT = 3
const LONG = 4
const UNDEFINED = 7
const HEADER_BYTES = 8

export type TiffPixels = {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly profile: Uint8Array | null
  /** Writes one row. */
  readonly row: (y: number, into: Uint8Array) => void
}

/** TIFF 6.0, little-endian, strips of 16 rows; a fourth channel is transparency by which the colours are not
 *  multiplied. */
export function writeTiff({ width, height, channels, profile, row }: TiffPixels): Buffer {
  const rowBytes = width * channels
  const strips = Math.ceil(height / STRIP_ROWS)
  const starts = Array.from({ length: strips }, (_, i) => i * STRIP_ROWS * rowBytes)
  const pixelsAt = HEADER_BYTES
  const tags: (readonly [tag: number, type: number, values: readonly number[] | Uint8Array])[] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array<number>(channels).fill(8)],
    [259, SHORT, [1]],
    [262, SHORT, [2]],
    [273, LONG, starts.map((at) => pixelsAt + at)],
    [277, SHORT, [channels]],
    [278, LONG, [STRIP_ROWS]],
    [279, LONG, starts.map((at) => Math.min(STRIP_ROWS * rowBytes, rowBytes * height - at))],
    ...(channels === 4 ? [[338, SHORT, [2]] as const] : []),
    ...(profile === null ? [] : [[34675, UNDEFINED, profile] as const]),
  ]
  const sizeOf = { [SHORT]: 2, [LONG]: 4, [UNDEFINED]: 1 } as Readonly<Record<number, number>>
  const directoryAt = even(pixelsAt + rowBytes * height)
  let valuesAt = directoryAt + 2 + tags.length * 12 + 4
  const total = tags.reduce((sum, [, type, values]) => {
    const bytes = values.length * sizeOf[type]!
    return sum + (bytes > 4 ? even(bytes) : 0)
  }, valuesAt)
  const out = Buffer.alloc(total)
  out.write('II*\0', 'latin1')
  out.writeUInt32LE(directoryAt, 4)
  for (let y = 0; y < height; y++)
    row(y, out.subarray(pixelsAt + y * rowBytes, pixelsAt + (y + 1) * rowBytes))
  out.writeUInt16LE(tags.length, directoryAt)
  for (const [i, [tag, type, values]] of tags.entries()) {
    const at = directoryAt + 2 + i * 12
    const bytes = values.length * sizeOf[type]!
    out.writeUInt16LE(tag, at)
    out.writeUInt16LE(type, at + 2)
    out.writeUInt32LE(values.length, at + 4)
    if (bytes > 4) out.writeUInt32LE(valuesAt, at + 8)
    const start = bytes > 4 ? valuesAt : at + 8
    for (const [j, value] of values.entries())
      out.writeUIntLE(value, start + j * sizeOf[type]!, sizeOf[type]!)
    if (bytes > 4) valuesAt += even(bytes)
  }
  return out
}

const even = (bytes: number): number => bytes + (bytes % 2)
