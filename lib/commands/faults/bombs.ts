/** Images that are small to send and large to decode, made by code. Each is a valid file of its format: a
 *  decoder that trusts its header allocates what the header says. Nothing here is sent; scenarios do that. */
import { crc32, deflateSync } from 'node:zlib'

/** 7000 × 7000: 49 megapixels, just within the usual limit of 50. */
export const BOMB_SIDE = 7000

export type Bomb = {
  readonly name: string
  readonly mediaType: string
  /** Another side gives other bytes, so that nothing is answered from a cache. */
  readonly make: (side: number) => Uint8Array
}

export const BOMBS = {
  webp: { name: 'lossless WebP of 38 bytes', mediaType: 'image/webp', make: losslessWebp },
  png: { name: 'solid RGB PNG', mediaType: 'image/png', make: (side) => png(side, { colour: 2, depth: 8 }) },
  grey: { name: '1-bit PNG', mediaType: 'image/png', make: (side) => png(side, { colour: 0, depth: 1 }) },
  interlaced: { name: 'interlaced RGBA PNG', mediaType: 'image/png', make: (side) => interlacedPng(side) },
  jpeg: { name: 'progressive JPEG', mediaType: 'image/jpeg', make: progressiveJpeg },
  bmp: { name: '1-bit BMP', mediaType: 'image/bmp', make: oneBitBmp },
  gif: { name: 'GIF with a large canvas', mediaType: 'image/gif', make: gifCanvas },
  avif: { name: 'AVIF of 1.7 kB', mediaType: 'image/avif', make: () => Buffer.from(AVIF, 'base64') },
} as const satisfies Record<string, Bomb>
export type BombName = keyof typeof BOMBS

/** VP8L with one colour: its header has 14 bits for each side (RFC 9649, section 3.4). */
function losslessWebp(side: number): Uint8Array {
  const bytes = Buffer.from(
    '524946461e000000574542505650384c110000002f57dbd51607509422d7a3808188e87f0000',
    'hex',
  )
  const rest = bytes.readUInt32LE(21) & ~0xfffffff
  bytes.writeUInt32LE((rest | ((side - 1) << 14) | (side - 1)) >>> 0, 21)
  return bytes
}

function png(
  side: number,
  { colour, depth }: { readonly colour: 0 | 2 | 6; readonly depth: 1 | 8 },
): Uint8Array {
  const rowBytes = Math.ceil((side * depth * CHANNELS[colour]) / 8)
  return pngOf(side, { colour, depth, isInterlaced: false, raw: Buffer.alloc((1 + rowBytes) * side) })
}

/** Adam7, seven passes (PNG specification, section 8.2). */
function interlacedPng(side: number): Uint8Array {
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const
  const rawBytes = passes.reduce((sum, [x, y, stepX, stepY]) => {
    const [width, height] = [Math.ceil((side - x) / stepX), Math.ceil((side - y) / stepY)]
    return sum + height * (1 + width * 4)
  }, 0)
  return pngOf(side, { colour: 6, depth: 8, isInterlaced: true, raw: Buffer.alloc(rawBytes) })
}

const CHANNELS = { 0: 1, 2: 3, 6: 4 } as const

type PngParts = {
  readonly colour: number
  readonly depth: number
  readonly isInterlaced: boolean
  readonly raw: Buffer
}

function pngOf(side: number, { colour, depth, isInterlaced, raw }: PngParts): Uint8Array {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([depth, colour, 0, 0, isInterlaced ? 1 : 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const out = Buffer.alloc(8 + body.length)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), 4 + body.length)
  return out
}

/** Three components and one scan of DC coefficients that are all zero, one bit each: a decoder keeps two
 *  bytes for every coefficient of a progressive file, 294 MB here (ITU-T T.81, annex G). */
function progressiveJpeg(side: number): Uint8Array {
  const blocks = Math.ceil(side / 8) ** 2
  const quantisation = Buffer.concat([Buffer.from([0xff, 0xdb, 0, 67, 0]), Buffer.alloc(64, 1)])
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0])
  const frame = Buffer.from([
    0xff,
    0xc2,
    0,
    17,
    8,
    side >> 8,
    side & 255,
    side >> 8,
    side & 255,
    3,
    ...components,
  ])
  const codes = Buffer.from([0xff, 0xc4, 0, 20, 0, 1, ...Array.from({ length: 15 }, () => 0), 0]) // one code of one bit
  const scan = Buffer.from([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0])
  const data = Buffer.alloc(Math.ceil((3 * blocks) / 8))
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantisation,
    frame,
    codes,
    scan,
    data,
    Buffer.from([0xff, 0xd9]),
  ])
}

function oneBitBmp(side: number): Uint8Array {
  const rowBytes = Math.ceil(side / 32) * 4
  const head = Buffer.alloc(62)
  head.write('BM')
  head.writeUInt32LE(62 + rowBytes * side, 2)
  head.writeUInt32LE(62, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(side, 18)
  head.writeInt32LE(side, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(1, 28)
  head.writeUInt32LE(0xffffff, 58) // the second colour; the first is black
  return Buffer.concat([head, Buffer.alloc(rowBytes * side, 0xaa)])
}

/** A frame of one pixel on the canvas. */
function gifCanvas(side: number): Uint8Array {
  const [low, high] = [side & 255, side >> 8]
  const screen = Buffer.from([low, high, low, high, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b])
  return Buffer.concat([Buffer.from('GIF89a'), screen, frame])
}

/** 7000 × 7000 in one colour, as sharp 0.35 writes it: AV1 is not to be written by hand. */
const AVIF = [
  'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA',
  'AAAERAAAEAAQAAAAAA+gABAAAAAAAABZkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAA',
  'AAA4aXBjbwAAAAxhdjFDgT8CAAAAABRpc3BlAAAAAAAAG1gAABtYAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAWhbW',
  'RhdBIACgo/8zavtXaQENBpMogLE5sExYnccccCysCAAIvPyir3GXn32e7Rl/pDEVYR/cYMi28RoU0Jbn2Ppo1yn+QjftyX0wOtasEZoQOF7I59',
  'DSVKRXImgJCYi7TTMM2Q0xAuXdvVQYYXamYNHiIWaqZaJEsOjMYgDu6eLAyUqBph0xxCtwW2KYt2ovXNjeifKEkwSeGFBOwj1RIZtzJTmKWl3Y',
  'zFYDOgG8pywMvPyir3GXn32e7Rl/pDEVYR/cYMitTZuiIlmdxjW9ta8zUfpZ16dNNXWORVjp9aGXPi4aN4bUk5XyzaRrJpchsYAqqIkNLGgxcc',
  'vBWeT77nSvk/ghgy3ZITvL4XDGZeNYCodwrtD9xCAsK1ZYeFmnCtIK3Zx7KI2S7u/qJu62DoOrn+EvZxOMlvjX/lMBtPVBAB/0SnqDgRlarE5/',
  'Egxdpalf7FOllu7TGLJykgAXdL0XtH1cDMKcz0sq8VhGksk7qcLWF0X9EYODNWvYCDz8oq9xl599nu0Zf6QxFWEeIG7r4IJpZURGpBJn6ikYHk',
  'Z/pTVAs6DWZ3b4RRMmTX+nn6cqZlVWdSdNH4Vo3eFbYLcW6w4953vPDuHGohmCQKn9HR7LSi/Vuqnk4B2wNOnFXp0TufKYZdoXqlE4o8liNL3S',
  'ZELOJQlXjbTxN3vaB3J1z9nM/KKRLJtwAOUB7Ktpx/9JfOUsQArHyh8myBn4Mv/iSwy7ArdlaxaQh8ldEiU+pTe25FXak8/PwCU1l2j7XeW2OL',
  'dhEwhoA/AVZxHTITH+bGhYXZ+mmYDeu+EgCvRsmKWs5pKDqg+15sXjOfFLfoJS55cX2FtHTAasCyiwqhS/CB9XvWQVtQKTUojdrRruFS8OUQc4',
  'sOE+aIW0LH/feDz8oq9xl599nu0Zf6QxFWEeIG7r4IJpZURGpBJn6ikYHkZ/pTVAs6DWZ3b4RRMmTX+nn6cqZlVWdSdNH4Vo3eFbYLcW6w4953',
  'vPDuHGohmCQKn9HR7LSi/Vuqnk4B2wNOnFXp0TufKYZdoXqlE4o8liNL3SZELOJQlXjbTxN3vaB3J1z9nM/KKRLJtwAOUB7Ktpx/9JfOUsQArH',
  'yh8myBn4Mv/iSwy7ArdlaxaQh8ldEiU+pTe25FXak8/PwCU1l2j7XeW2OLdhEwhoA/AVZxHTITH+bGhYXZ+mmYDeu+EgCvRsmKWs5pKDqg+15s',
  'XjOfFLfoJS55cX2FtHTAasCyiwqhS/CB9XvWQVtQKTUojdrRruFS8OUQc4sOE+aIW0LH/ffpz8oq9xl599nu0Zf6QxFWEeIG7r4IJpZURGpBJn',
  '6ikYHkZ/pTVAs6DWZ3b4RRMmTX+nn6cqZlVWdSdNH4Vo3eFbYLcW6w4953vPDuHGohmCQKn9HR7LSi/Vuqnk4B2wNOnFXp0TufKYZdoXqlE4o8',
  'liNL3SZELOJQlXjbTxN3vh8GDM5MHFjthNrqkXEjr6xR+CBKOQPom+lrFLD+KPYjKOqYW/wpdMUiQngKjbp2M7eHNu1o74gVWqOcOFPib9iSTV',
  '4PnnkKU/RyQZZUpQ4bjwaf8iS9eRR9D3xUx9UynlYo5o7oORRaE+Laz8opEsm3AA5QHsq2nH/0l85SxACsfKHybIGfgy/+JLDLsCt2VrFpCHyV',
  '0SJT6lN7bkVdqTz8/AJTWXaPtd5bY4t2ETCGgD8BVnEdMhMf5saFhdn6aZgN674SAK9GyYpazmkoOqD7XmxeM58Ut+glLnlxfYW0dMBqwLKLCq',
  'FL8IH1e9ZBW1ApNSiN2tGu4VLw5RBzizBMGf54MTNX55M71fjpVdei7XM3cQa3vAMgEH5YRFK9rLPU1Yq6Dnh3Xb1uIkjB5Yt/aKMsTzM0MUc5',
  'lfbrBQ0b8QVeF1xaKRhqHzbwBXqOWoNvrg7yg5xAhvGg',
].join('')
