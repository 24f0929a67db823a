import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Picture } from '#lib/domain/picture.ts'
import { decode } from './decode.ts'
import { bmpFile, bmpRows, dice, drawn, greyOf, noise, tiled } from './drawn.fakes.ts'
import { encodePng } from './png.ts'

const limits = { maxPixels: 1e6 }
const picture = drawn(90, 70)
const open = (p: Picture): Sharp => sharp(p.data, { raw: { width: p.width, height: p.height, channels: 3 } })
const grey = greyOf(picture)
const few = tiled(90, 70, [
  [0, 0, 0],
  [255, 0, 0],
  [0, 200, 40],
  [250, 250, 250],
]).picture
const wide = (p: Picture): Sharp =>
  sharp(
    Uint16Array.from(p.data, (v) => v * 257),
    { raw: { width: p.width, height: p.height, channels: 3 } },
  ).toColourspace('rgb16')

function furthest(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height])
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0)
}

test.each<[string, () => Promise<Uint8Array>, Picture]>([
  ['PNG', () => open(picture).png().toBuffer(), picture],
  ['interlaced PNG', () => open(picture).png({ progressive: true }).toBuffer(), picture],
  ['16-bit PNG', () => wide(picture).png().toBuffer(), picture],
  ['palette PNG', () => open(few).png({ palette: true }).toBuffer(), few],
  ['grey PNG', () => open(grey).toColourspace('b-w').png().toBuffer(), grey],
  ['16-bit grey PNG', () => wide(grey).toColourspace('grey16').png().toBuffer(), grey],
  ['grey PNG with opaque alpha', () => open(grey).toColourspace('b-w').ensureAlpha().png().toBuffer(), grey],
  ['RGBA PNG', () => open(picture).ensureAlpha().png().toBuffer(), picture],
  ['lossless WebP', () => open(picture).webp({ lossless: true }).toBuffer(), picture],
  ['TIFF', () => open(picture).tiff({ compression: 'lzw' }).toBuffer(), picture],
  ['16-bit TIFF', () => wide(picture).tiff({ compression: 'lzw' }).toBuffer(), picture],
  ['GIF', () => open(few).gif().toBuffer(), few],
])('a %s is exactly its plain picture', async (_format, make, plain) => {
  expect(await decode(await make(), limits)).toEqual(plain)
})

test.each<[string, () => Promise<Uint8Array>, Picture, number]>([
  ['JPEG', () => open(picture).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), picture, 3],
  ['AVIF', () => open(picture).avif({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), picture, 4],
  [
    '12-bit AVIF',
    () => open(picture).avif({ quality: 100, chromaSubsampling: '4:4:4', bitdepth: 12 }).toBuffer(),
    picture,
    4,
  ],
])('a %s is its plain picture within a few levels', async (_format, make, plain, levels) => {
  expect(furthest(await decode(await make(), limits), plain)).toBeLessThanOrEqual(levels)
})

test.each<[string, (ink: Sharp) => Sharp]>([
  ['JPEG with its profile', (ink) => ink.withIccProfile('cmyk').jpeg({ quality: 100 })],
  ['JPEG without a profile', (ink) => ink.jpeg({ quality: 100 })],
  ['TIFF', (ink) => ink.withIccProfile('cmyk').tiff({ compression: 'lzw' })],
])('a CMYK %s shows the colours that were printed', async (_format, write) => {
  const flat = {
    width: 32,
    height: 32,
    data: new Uint8Array(32 * 32 * 3).map((_, i) => [150, 110, 100][i % 3]!),
  }
  const bytes = await write(open(flat).toColourspace('cmyk')).toBuffer()
  const twin = await decode(await sharp(bytes).toColourspace('srgb').png().toBuffer(), limits)
  const got = await decode(bytes, limits)

  expect((await sharp(bytes).metadata()).space).toBe('cmyk')
  expect(furthest(got, twin)).toBeLessThanOrEqual(2)
  expect(furthest(got, flat)).toBeLessThanOrEqual(16) // ink covers fewer colours than a screen
})

test('of an animation and of a document of many pages the first picture counts', async () => {
  const second = open(greyOf(few)).png().toBuffer()
  const frames = [await open(few).png().toBuffer(), await second]
  const animated = (): Sharp => sharp(frames, { join: { animated: true } })

  expect(await decode(await animated().gif().toBuffer(), limits)).toEqual(few)
  expect(await decode(await animated().webp({ lossless: true }).toBuffer(), limits)).toEqual(few)
  expect(await decode(await animated().tiff({ compression: 'lzw' }).toBuffer(), limits)).toEqual(few)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a picture stored in EXIF orientation %i stands upright',
  async (orientation) => {
    const stored = await sharp(await open(picture).png().toBuffer())
      .withMetadata({ orientation })
      .png()
      .toBuffer()
    const upright = await sharp(stored).autoOrient().raw().toBuffer({ resolveWithObject: true })
    const got = await decode(stored, limits)

    expect([got.width, got.height]).toEqual(orientation < 5 ? [90, 70] : [70, 90])
    expect(Buffer.compare(upright.data, got.data)).toBe(0)
  },
)

test('a small turned picture is not taken for a plain one', async () => {
  const stored = await sharp(encodePng(drawn(20, 10)))
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer()

  expect(await decode(stored, limits)).toMatchObject({ width: 10, height: 20 })
})

test('transparent parts show the background, white unless another is asked for', async () => {
  for (const side of [4, 100]) {
    const data = new Uint8Array(side * side * 4).fill(0)
    for (let i = 3; i < data.length; i += 4) data[i] = 51
    const bytes = await sharp(data, { raw: { width: side, height: side, channels: 4 } })
      .png()
      .toBuffer()

    expect((await decode(bytes, limits)).data.every((v) => v === 204)).toBe(true)
    expect([
      ...(await decode(bytes, { ...limits, background: { r: 10, g: 100, b: 200 } })).data.subarray(0, 3),
    ]).toEqual([8, 80, 160])
  }
})

test.each([
  ['a page', '<html></html>', 'not_an_image', 'an HTML page'],
  ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'not_an_image', 'SVG'],
  ['nothing', '', 'missing_file', 'empty'],
])('%s is refused by what it is', async (_what, words, code, said) => {
  const refusal = await decode(new TextEncoder().encode(words), limits).catch((e: unknown) => e)

  expect(refusal).toMatchObject({ code, message: expect.stringContaining(said) })
})

function pngClaiming(width: number, height: number): Uint8Array {
  const bytes = Uint8Array.from(encodePng(drawn(4, 4)))
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return withSoundCrc(bytes)
}

test('a header that claims too many pixels is refused before any is decoded', async () => {
  for (const bytes of [pngClaiming(100_000, 100_000), pngClaiming(2 ** 31 - 1, 2 ** 31 - 1)]) {
    await expect(decode(bytes, { maxPixels: 50e6 })).rejects.toMatchObject({
      code: 'too_many_pixels',
      message: expect.stringContaining('the limit is 50 megapixels'),
    })
  }
  for (const format of ['jpeg', 'webp', 'tiff', 'avif', 'png', 'gif'] as const) {
    await expect(
      decode(await open(picture).toFormat(format).toBuffer(), { maxPixels: 6299 }),
    ).rejects.toMatchObject({ code: 'too_many_pixels' })
  }
})

test('a picture of exactly the limit is read', async () => {
  expect(await decode(encodePng(drawn(10, 10)), { maxPixels: 100 })).toMatchObject({ width: 10 })
  await expect(decode(encodePng(drawn(10, 10)), { maxPixels: 99 })).rejects.toMatchObject({
    code: 'too_many_pixels',
  })
})

test('every PNG with a wrong checksum and every cut picture is refused', async () => {
  const png = await open(picture).png().toBuffer()
  const wrong = Uint8Array.from(png)
  wrong[wrong.length - 14]! ^= 1

  await expect(decode(wrong, limits)).rejects.toMatchObject({
    code: 'corrupt_image',
    message: expect.stringContaining('checksum'),
  })
  for (const cut of [
    png,
    await open(picture).jpeg().toBuffer(),
    await open(picture).webp().toBuffer(),
    await open(picture).tiff().toBuffer(),
    await open(picture).gif().toBuffer(),
    await open(picture).avif().toBuffer(),
  ]) {
    for (const kept of [0.3, 0.6, 0.9])
      await expect(decode(cut.subarray(0, Math.floor(cut.length * kept)), limits)).rejects.toMatchObject({
        code: 'corrupt_image',
      })
  }
})

/** Chunk checksums made right again, so that damage reaches the decoder behind them. */
function withSoundCrc(bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes)
  for (let at = 8; at + 12 <= out.length;) {
    const end = at + 8 + out.readUInt32BE(at)
    if (end + 4 > out.length) break
    out.writeUInt32BE(crc(out.subarray(at + 4, end)), end)
    at = end + 4
  }
  return new Uint8Array(out)
}

function crc(bytes: Uint8Array): number {
  let c = ~0
  for (const byte of bytes) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}

async function bySharpAlone(bytes: Uint8Array): Promise<Picture | null> {
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error' })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const rgb =
      info.channels === 3
        ? data
        : Uint8Array.from(
            { length: info.width * info.height * 3 },
            (_, i) => data[Math.floor(i / 3) * info.channels]!,
          )
    return { width: info.width, height: info.height, data: new Uint8Array(rgb) }
  } catch {
    return null
  }
}

test('the decoder for small PNGs and sharp agree on every filter and every damage', async () => {
  const roll = dice(7)
  let answered = 0
  for (let round = 0; round < 150; round++) {
    const side = 1 + Math.floor(roll() * 40)
    const channels = [1, 2, 3, 4][round % 4]!
    const rows = Uint8Array.from({ length: (side * channels + 1) * side }, (_, i) => {
      if (i % (side * channels + 1) === 0) return roll() * 5
      return channels % 2 === 0 && i % channels === 0 ? 255 * Math.round(roll()) : roll() * 256
    })
    const whole = handmadePng(side, side, [0, 4, 2, 6][channels - 1]!, deflateSync(rows))
    const damaged = Uint8Array.from(whole)
    if (round % 3 > 0) damaged[33 + Math.floor(roll() * (whole.length - 33))]! ^= 1 << Math.floor(roll() * 8)
    const given = round % 3 === 1 ? withSoundCrc(damaged) : damaged

    const ours = await decode(given, limits).catch((e: { code: string }) => e.code)
    const theirs = await bySharpAlone(given)
    if (typeof ours === 'string') expect(ours).toBe('corrupt_image')
    else {
      answered += 1
      expect(theirs).not.toBeNull()
      // compositing rounds, sharp truncates
      expect(furthest(ours, theirs!)).toBeLessThanOrEqual(channels % 2 === 0 ? 1 : 0)
    }
    if (theirs === null) expect(ours).toBe('corrupt_image')
  }
  expect(answered).toBeGreaterThan(50)
})

function handmadePng(width: number, height: number, colour: number, packed: Uint8Array): Uint8Array {
  const part = (name: string, body: Uint8Array): Buffer => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(body.length)
    return Buffer.concat([size, Buffer.from(name), body, Buffer.alloc(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, colour], 8)
  const half = Math.floor(packed.length / 2)
  return withSoundCrc(
    Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      part('IHDR', head),
      part('IDAT', packed.subarray(0, half)),
      part('IDAT', packed.subarray(half)),
      part('IEND', Buffer.alloc(0)),
    ]),
  )
}

test(
  'whatever is done to the bytes of a picture, the answer is a picture or a reason',
  { timeout: 60_000 },
  async () => {
    const small = drawn(24, 18)
    const colours = [
      [0, 0, 0],
      [255, 255, 255],
      [200, 30, 10],
      [1, 2, 3],
    ] as const
    const { indices } = tiled(24, 18, colours)
    const rows = Array.from({ length: 18 }, (_, y) => [...indices.subarray(y * 24, y * 24 + 24)])
    const originals = [
      encodePng(small),
      await open(small).png({ palette: true }).toBuffer(),
      await open(small).jpeg().toBuffer(),
      await open(small).gif().toBuffer(),
      await open(small).webp().toBuffer(),
      await open(small).tiff({ compression: 'lzw' }).toBuffer(),
      await open(small).avif().toBuffer(),
      bmpFile({ width: 24, height: 18, bits: 4, palette: colours, pixels: bmpRows(rows, 4) }),
      bmpFile({
        width: 24,
        height: 18,
        bits: 8,
        compression: 1,
        palette: colours,
        pixels: Uint8Array.from({ length: 300 }, (_, i) => (i * 7) % 256),
      }),
    ]
    const roll = dice(20261121)
    for (const original of originals) {
      for (let round = 0; round < 60; round++) {
        const bytes = Uint8Array.from(
          original.subarray(0, round % 4 === 0 ? Math.floor(roll() * original.length) : undefined),
        )
        for (let flips = round % 5; flips > 0 && bytes.length > 0; flips--)
          bytes[Math.floor(roll() * bytes.length)] = Math.floor(roll() * 256)
        const answer = await decode(bytes, limits).catch((e: unknown) => e)

        if (answer instanceof Error) expect(isDarkroomError(answer), String(answer)).toBe(true)
        else
          expect((answer as Picture).data.length).toBe(
            (answer as Picture).width * (answer as Picture).height * 3,
          )
      }
    }
  },
)

test.each([
  ['coloured and small', noise(20, 20, 1)],
  ['coloured and large', noise(60, 41, 2)],
  ['smooth', drawn(64, 64)],
  ['grey', greyOf(drawn(28, 28))],
  ['large and grey', greyOf(drawn(300, 200))],
  ['one pixel', drawn(1, 1)],
])('a written PNG reads back the same, here and by sharp: %s', async (_what, given) => {
  const bytes = encodePng(given)

  expect(await decode(bytes, limits)).toEqual(given)
  expect(furthest((await bySharpAlone(bytes))!, given)).toBe(0)
})
