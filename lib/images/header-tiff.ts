/** The size of a TIFF's first image, and how much of it is decoded at once (TIFF 6.0, sections 2, 3 and 15;
 *  BigTIFF has wider numbers). It follows no second directory and reads no pixel. */
import type { ImageHeader } from './image-header.ts'

/** TIFF 6.0, section 2: the number of bytes per value of each type. Other types are not needed here. */
const BYTES_OF_TYPE: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 16: 8 }
const MOST_ENTRIES = 4_096

const WIDTH = 256
const HEIGHT = 257
const BITS = 258
const SAMPLES = 277
const ROWS_PER_STRIP = 278
const TILE_WIDTH = 322
const TILE_HEIGHT = 323

export function tiffHeader(bytes: Uint8Array, view: DataView): Extract<ImageHeader, { kind: 'tiff' }> | null {
  const little = bytes[0] === 0x49
  const isBig = view.getUint16(2, little) === 43
  const wide = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little)
  const step = isBig ? 8 : 4
  const directory = wide(isBig ? 8 : 4)
  const entries = Math.min(MOST_ENTRIES, isBig ? wide(directory) : view.getUint16(directory, little))
  const first = directory + (isBig ? 8 : 2)
  const size = 4 + 2 * step

  const values = new Map<number, number>()
  for (let at = first; at < first + entries * size; at += size) {
    const type = view.getUint16(at + 2, little)
    const bytesEach = BYTES_OF_TYPE[type]
    if (bytesEach === undefined) continue
    const isInside = wide(at + 4) * bytesEach <= step
    values.set(
      view.getUint16(at, little),
      valueAt(view, isInside ? at + 4 + step : wide(at + 4 + step), { type, little }),
    )
  }
  const width = values.get(WIDTH) ?? 0
  const height = values.get(HEIGHT) ?? 0
  const bits = values.get(BITS) ?? 1
  const samples = values.get(SAMPLES) ?? 1
  const tileWidth = values.get(TILE_WIDTH)
  return {
    kind: 'tiff',
    width,
    height,
    // a palette becomes three channels
    pixelBytes: Math.max(1, Math.ceil(bits / 8)) * Math.max(samples, bits === 1 ? 1 : 3),
    blockWidth: tileWidth === undefined ? width : Math.ceil(width / tileWidth) * tileWidth,
    blockHeight:
      tileWidth === undefined
        ? Math.min(height, values.get(ROWS_PER_STRIP) ?? height)
        : (values.get(TILE_HEIGHT) ?? height),
  }
}

function valueAt(view: DataView, at: number, { type, little }: { type: number; little: boolean }): number {
  switch (type) {
    case 1:
      return view.getUint8(at)
    case 3:
      return view.getUint16(at, little)
    case 4:
      return view.getUint32(at, little)
    default:
      return Number(view.getBigUint64(at, little))
  }
}
