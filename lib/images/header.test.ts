import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { decode, decodeSized } from './decode.ts'
import { drawn } from './drawn.fakes.ts'
import { readHeader } from './header.ts'
import { heicFile } from './heic-file.fakes.ts'
import { type ImageHeader } from './image-header.ts'
import { laneOf } from './decode-placement.ts'
import { withoutMetadata } from './png.ts'
import { sniff, isImageKind } from './sniff.ts'

const image = drawn(90, 70)
const open = (): Sharp => sharp(image.data, { raw: { width: 90, height: 70, channels: 3 } })

function headerOf(bytes: Uint8Array): ImageHeader | null {
  const { kind } = sniff(bytes)
  if (!isImageKind(kind)) throw new Error(`${kind} is no image`)
  return readHeader(bytes, kind)
}

test.each<[string, () => Promise<Uint8Array>, Partial<ImageHeader>]>([
  ['PNG', () => open().png().toBuffer(), { kind: 'png', pixelBytes: 3, isInterlaced: false }],
  [
    '16-bit interlaced PNG with alpha',
    () => open().ensureAlpha(0.5).toColourspace('rgb16').png({ progressive: true }).toBuffer(),
    { kind: 'png', pixelBytes: 8, isInterlaced: true },
  ],
  ['JPEG', () => open().jpeg().toBuffer(), { kind: 'jpeg', isBuffered: false, coefficientsPerPixel: 1.5 }],
  [
    'progressive JPEG',
    () => open().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    { kind: 'jpeg', isBuffered: true, coefficientsPerPixel: 3, scans: 10 },
  ],
  ['GIF', () => open().gif().toBuffer(), { kind: 'gif' }],
  ['lossy WebP', () => open().webp().toBuffer(), { kind: 'webp', isLossless: false, hasAlpha: false }],
  [
    'lossy WebP with alpha',
    () => open().ensureAlpha(0.5).webp().toBuffer(),
    { kind: 'webp', isLossless: false, hasAlpha: true },
  ],
  ['lossless WebP', () => open().webp({ lossless: true }).toBuffer(), { kind: 'webp', isLossless: true }],
  [
    'TIFF in strips',
    () => open().tiff({ compression: 'lzw' }).toBuffer(),
    { kind: 'tiff', pixelBytes: 3, blockWidth: 90 },
  ],
  [
    'TIFF in tiles',
    () => open().tiff({ tile: true, tileWidth: 64, tileHeight: 32 }).toBuffer(),
    { kind: 'tiff', blockWidth: 128, blockHeight: 32 },
  ],
  ['big TIFF', () => open().tiff({ bigtiff: true }).toBuffer(), { kind: 'tiff', blockWidth: 90 }],
  ['AVIF', () => open().avif({ effort: 0 }).toBuffer(), { kind: 'avif', depth: 8 }],
  ['10-bit AVIF', () => open().avif({ effort: 0, bitdepth: 10 }).toBuffer(), { kind: 'avif', depth: 10 }],
])(
  'the header of a %s gives its size and the memory needs of its decoder',
  async (_format, make, expected) => {
    expect(headerOf(await make())).toMatchObject({ width: 90, height: 70, ...expected })
  },
)

test.each<[string, Uint8Array]>([
  [
    'JPEG of a million frames with 192 components each',
    Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(4_000_000, Buffer.from('ffc00002', 'hex'))]),
  ],
  [
    "AVIF of thousands of tables that are read as each other's items",
    Buffer.concat([
      Buffer.from('0000001c66747970617669660000000061766966617669666d696631', 'hex'),
      Buffer.alloc(16 * 5_000, Buffer.from('00000010696c6f63000000000000ffff', 'hex')),
      Buffer.alloc(80_000, 1),
    ]),
  ],
])('a %s is left to the decoder at once, because header reading blocks the process', (_format, bytes) => {
  const began = performance.now()

  expect(headerOf(bytes)).toBeNull()

  expect(performance.now() - began).toBeLessThan(500) // milliseconds; reading all of it takes 30 s and more
})

test('an AVIF whose boxes claim less than its stream has gets the size of the stream', async () => {
  const bytes = await open().avif({ effort: 0 }).toBuffer()
  for (let at = bytes.indexOf('ispe'); at > 0; at = bytes.indexOf('ispe', at + 1)) {
    bytes.writeUInt32BE(8, at + 8)
    bytes.writeUInt32BE(8, at + 12)
  }

  expect(headerOf(bytes)).toMatchObject({ width: 90, height: 70 })
})

test('whatever the bytes are, reading a header returns a header or null', async () => {
  const formats = await Promise.all(
    [open().png(), open().jpeg(), open().gif(), open().webp(), open().tiff(), open().avif({ effort: 0 })].map(
      (format) => format.toBuffer(),
    ),
  )
  let seed = 1
  const roll = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647
  for (const original of formats) {
    const { kind } = sniff(original)
    for (let round = 0; round < 300 && isImageKind(kind); round++) {
      const bytes = Uint8Array.from(
        original.subarray(0, round % 3 === 0 ? Math.floor(roll() * original.length) : undefined),
      )
      for (let flips = 1 + (round % 6); flips > 0 && bytes.length > 0; flips--)
        bytes[Math.floor(roll() * Math.min(bytes.length, 400))] = Math.floor(roll() * 256)
      const header = readHeader(bytes, kind)
      if (header !== null) expect(header.width * header.height).toBeGreaterThan(0)
    }
  }
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a large image in EXIF orientation %i is reduced and upright',
  async (orientation) => {
    const stored = await sharp(
      await sharp(image.data, { raw: { width: 90, height: 70, channels: 3 } })
        .resize(1300, 900, { fit: 'fill' })
        .png({ compressionLevel: 1 })
        .toBuffer(),
    )
      .withMetadata({ orientation })
      .png({ compressionLevel: 1 })
      .toBuffer()
    const { image: reduced, width, height } = await decodeSized(stored, { maxPixels: 2e6 })
    const whole = await sharp(stored)
      .autoOrient()
      .resize(reduced.width, reduced.height, { fit: 'fill' })
      .raw()
      .toBuffer()

    expect([width, height]).toEqual(orientation < 5 ? [1300, 900] : [900, 1300])
    expect(Math.min(reduced.width, reduced.height)).toBe(768)
    expect(
      reduced.data.reduce((most, value, i) => Math.max(most, Math.abs(value - whole[i]!)), 0),
    ).toBeLessThanOrEqual(2)
  },
)

test('a large BMP is reduced like the same image as PNG', async () => {
  const side = 1_600
  const png = await open().resize(side, side, { fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer()
  const rows = await sharp(png).raw().toBuffer()
  const bmp = Buffer.alloc(54 + rows.length)
  bmp.write('BM')
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, side],
    [22, -side],
    [26, 1 + (24 << 16)],
  ] as const)
    bmp.writeInt32LE(value, at)
  for (let i = 0; i < rows.length; i += 3) bmp.set([rows[i + 2]!, rows[i + 1]!, rows[i]!], 54 + i)

  const [ours, plain] = await Promise.all([decode(bmp, { maxPixels: 3e6 }), decode(png, { maxPixels: 3e6 })])
  expect([ours.width, ours.height]).toEqual([768, 768])
  expect(
    ours.data.reduce((most, value, i) => Math.max(most, Math.abs(value - plain.data[i]!)), 0),
  ).toBeLessThanOrEqual(3)
})

test('text chunks of a PNG never reach its decoder', async () => {
  const bytes = Buffer.from(
    await open()
      .withExif({ IFD0: { Copyright: 'none' } })
      .png()
      .toBuffer(),
  )
  const text = Buffer.from('zTXtkey\0\0not even compressed')
  const chunk = Buffer.concat([Buffer.alloc(4), text, Buffer.alloc(4)])
  chunk.writeUInt32BE(text.length - 4)
  const stuffed = Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)])

  expect(Buffer.from(withoutMetadata(stuffed)).includes('zTXt')).toBe(false)
  expect(await decode(stuffed, { maxPixels: 1e4 })).toEqual(image)
  expect(Buffer.from(withoutMetadata(bytes)).includes('eXIf')).toBe(true)
})

test('a PNG with a hundred thousand empty chunks is refused before all are read', async () => {
  const png = await open().png().toBuffer()
  const empty = Buffer.from('0000000074455874fadc3e63', 'hex') // tEXt
  const bytes = Buffer.concat([png.subarray(0, 33), Buffer.alloc(12 * 100_000, empty), png.subarray(33)])

  await expect(decode(bytes, { maxPixels: 1e6 })).rejects.toThrow('more than 20,000 chunks')
})

test('small plain images are decoded in place; large ones, TIFF, AVIF and many scans elsewhere', async () => {
  const isSmall = async (bytes: Promise<Uint8Array>): Promise<boolean> =>
    laneOf(await bytes, { maxPixels: 50e6 }, Infinity).isSmall
  const jpeg = await open().jpeg({ progressive: true }).toBuffer()
  const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), jpeg.length - 2)

  expect(await isSmall(open().png().toBuffer())).toBe(true)
  expect(await isSmall(Promise.resolve(jpeg))).toBe(true)
  expect(
    await isSmall(
      Promise.resolve(
        Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(20).fill(last), jpeg.subarray(-2)]),
      ),
    ),
  ).toBe(false)
  expect(await isSmall(open().avif({ effort: 0 }).toBuffer())).toBe(false)
  expect(await isSmall(open().tiff().toBuffer())).toBe(false)
  expect(await isSmall(open().resize(1_200, 900, { fit: 'fill' }).png().toBuffer())).toBe(false)
})

test('decoding uses no more memory than estimated', { timeout: 60_000 }, async () => {
  const large = (): Sharp =>
    sharp({ create: { width: 2_000, height: 1_600, channels: 3, background: '#248' } })
  const wide = (): Sharp => sharp({ create: { width: 30_000, height: 160, channels: 3, background: '#248' } })
  const formats: readonly (readonly [string, () => Promise<Buffer>])[] = [
    ['wide PNG with alpha', () => wide().ensureAlpha(0.5).png({ compressionLevel: 1 }).toBuffer()],
    ['wide JPEG', () => wide().jpeg().toBuffer()],
    ['wide GIF', () => wide().gif({ effort: 1 }).toBuffer()],
    ['PNG', () => large().png({ compressionLevel: 1 }).toBuffer()],
    [
      'interlaced PNG with alpha',
      () => large().ensureAlpha(0.5).png({ progressive: true, compressionLevel: 1 }).toBuffer(),
    ],
    ['progressive JPEG', () => large().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['lossless WebP', () => large().webp({ lossless: true, effort: 0 }).toBuffer()],
    ['AVIF', () => large().avif({ effort: 0 }).toBuffer()],
    ['HEIC', () => Promise.resolve(Buffer.from(heicFile({ tiles: [32, 25] })))],
  ]
  for (const [format, make] of formats) {
    const child = fork(path.join(import.meta.dirname, 'peak.fakes.ts'), {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.send(await make())
    const [{ peakMb, estimatedMb }] = (await once(child, 'message')) as [
      { peakMb: number; estimatedMb: number },
    ]

    expect(peakMb, `${format}: ${peakMb.toFixed(0)} MB of ${estimatedMb.toFixed(0)}`).toBeLessThanOrEqual(
      estimatedMb,
    )
    expect(peakMb, `${format} takes something`).toBeGreaterThan(2)
  }
})
