/** HEIC files for tests, built around one tile of 64 × 64 pixels that x265 has encoded: its upper left is yellow, its
 *  upper right light blue, its lower left red, its lower right dark blue. Phones write a grid of tiles with a rotation
 *  and a colour profile. */
import { Buffer } from 'node:buffer'

export const TILE_SIDE = 64
export const TILE_COLOURS = {
  upperLeft: [200, 180, 40],
  upperRight: [40, 180, 200],
  lowerLeft: [200, 60, 40],
  lowerRight: [40, 60, 200],
} as const

const CONFIGURATION = Buffer.from(
  'AQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMAkAAAAwAAAwAe' +
    'oCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQA==',
  'base64',
)
const PIXELS = Buffer.from(
  'AAAAOygBrwngITl1X1/8m9///mC7yHtBZZ//9Nx8d/gQX//6r6cJ//y9kQH1u99/iv4Pd//Fgp091pcXzl1w',
  'base64',
)

const bytes = (...parts: readonly (number | string | Uint8Array)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.of(part)
      return typeof part === 'string' ? Buffer.from(part, 'latin1') : part
    }),
  )
const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 255)
const uint32 = (value: number): Buffer => Buffer.concat([uint16(value >>> 16), uint16(value & 0xffff)])
const box = (name: string, ...parts: readonly (number | string | Uint8Array)[]): Buffer => {
  const body = bytes(...parts)
  return bytes(uint32(body.length + 8), name, body)
}
const fullBox = (
  name: string,
  version: number,
  ...parts: readonly (number | string | Uint8Array)[]
): Buffer => box(name, version, 0, 0, 0, ...parts)

export type HeicSpec = {
  /** Tiles across and down. */
  readonly tiles?: readonly [number, number]
  /** Quarter turns against the clock. */
  readonly turns?: 0 | 1 | 2 | 3
  readonly profile?: Uint8Array
  /** What the boxes say that its size is; default: the truth. */
  readonly stated?: readonly [number, number]
}

/** ISO/IEC 23008-12: one item that is a grid of the others, which are hidden. */
export function heicFile({ tiles = [1, 1], turns = 0, profile, stated }: HeicSpec = {}): Uint8Array {
  const [across, down] = tiles
  const count = across * down
  const size = stated ?? [across * TILE_SIDE, down * TILE_SIDE]
  const gridId = count + 1
  const items = Array.from({ length: count }, (_, i) => i + 1)
  const grid = bytes(0, 0, down - 1, across - 1, uint16(size[0]), uint16(size[1]))
  const properties = [
    box('hvcC', CONFIGURATION),
    fullBox('ispe', 0, uint32(TILE_SIDE), uint32(TILE_SIDE)),
    fullBox('ispe', 0, uint32(size[0]), uint32(size[1])),
    box('irot', turns),
    ...(profile === undefined ? [] : [box('colr', 'prof', profile)]),
  ]
  const ofGrid = [3, 4, ...(profile === undefined ? [] : [5])]
  const head = box('ftyp', 'heic', uint32(0), 'mif1heic')
  const meta = (dataAt: number): Buffer =>
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, uint32(0), 'pict', Buffer.alloc(13)),
      fullBox('pitm', 0, uint16(gridId)),
      fullBox(
        'iloc',
        1,
        0x44,
        0x00,
        uint16(count + 1),
        ...items.map((id) =>
          bytes(uint16(id), uint16(0), uint16(0), uint16(1), uint32(dataAt), uint32(PIXELS.length)),
        ),
        bytes(uint16(gridId), uint16(1), uint16(0), uint16(1), uint32(0), uint32(grid.length)),
      ),
      fullBox(
        'iinf',
        0,
        uint16(count + 1),
        ...items.map((id) => box('infe', 2, 0, 0, 1, uint16(id), uint16(0), 'hvc1', 0)),
        fullBox('infe', 2, uint16(gridId), uint16(0), 'grid', 0),
      ),
      fullBox('iref', 0, box('dimg', uint16(gridId), uint16(count), ...items.map(uint16))),
      box(
        'iprp',
        box('ipco', ...properties),
        fullBox(
          'ipma',
          0,
          uint32(count + 1),
          ...items.map((id) => bytes(uint16(id), 2, 0x81, 0x02)),
          bytes(uint16(gridId), ofGrid.length, ...ofGrid),
        ),
      ),
      box('idat', grid),
    )
  return new Uint8Array(bytes(head, meta(head.length + meta(0).length + 8), box('mdat', PIXELS)))
}
