import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { expect, test } from 'vitest'
import type { RgbImage } from '#lib/domain/image.ts'
import { bySharpAlone, withSoundCrc } from './decode-damaged.test.ts'
import { few, furthest, grey, limits, open, image, wide } from './decode.fakes.ts'
import { decode } from './decode.ts'
import { drawn, greyOf, noise } from './drawn.fakes.ts'
import { encodePng } from './write-png.ts'

test.each<[string, () => Promise<Uint8Array>, RgbImage]>([
  ['PNG', () => open(image).png().toBuffer(), image],
  ['interlaced PNG', () => open(image).png({ progressive: true }).toBuffer(), image],
  ['16-bit PNG', () => wide(image).png().toBuffer(), image],
  ['palette PNG', () => open(few).png({ palette: true }).toBuffer(), few],
  ['grey PNG', () => open(grey).toColourspace('b-w').png().toBuffer(), grey],
  ['16-bit grey PNG', () => wide(grey).toColourspace('grey16').png().toBuffer(), grey],
  ['grey PNG with opaque alpha', () => open(grey).toColourspace('b-w').ensureAlpha().png().toBuffer(), grey],
  ['RGBA PNG', () => open(image).ensureAlpha().png().toBuffer(), image],
  ['lossless WebP', () => open(image).webp({ lossless: true }).toBuffer(), image],
  ['TIFF', () => open(image).tiff({ compression: 'lzw' }).toBuffer(), image],
  ['16-bit TIFF', () => wide(image).tiff({ compression: 'lzw' }).toBuffer(), image],
  ['GIF', () => open(few).gif().toBuffer(), few],
])('a %s is decoded exactly', async (_format, make, plain) => {
  expect(await decode(await make(), limits)).toEqual(plain)
})

test.each<[string, () => Promise<Uint8Array>, RgbImage, number]>([
  ['JPEG', () => open(image).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), image, 3],
  ['AVIF', () => open(image).avif({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), image, 4],
  [
    '12-bit AVIF',
    () => open(image).avif({ quality: 100, chromaSubsampling: '4:4:4', bitdepth: 12 }).toBuffer(),
    image,
    4,
  ],
])('a %s is decoded within a few levels', async (_format, make, plain, levels) => {
  expect(furthest(await decode(await make(), limits), plain)).toBeLessThanOrEqual(levels)
})

test.each<[string, (ink: Sharp) => Sharp]>([
  ['JPEG with its profile', (ink) => ink.withIccProfile('cmyk').jpeg({ quality: 100 })],
  ['JPEG without a profile', (ink) => ink.jpeg({ quality: 100 })],
  ['TIFF', (ink) => ink.withIccProfile('cmyk').tiff({ compression: 'lzw' })],
])('a CMYK %s is decoded with its printed colours', async (_format, write) => {
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

test('of an animation and of a document of many pages the first image is decoded', async () => {
  const second = open(greyOf(few)).png().toBuffer()
  const frames = [await open(few).png().toBuffer(), await second]
  const animated = (): Sharp => sharp(frames, { join: { animated: true } })

  expect(await decode(await animated().gif().toBuffer(), limits)).toEqual(few)
  expect(await decode(await animated().webp({ lossless: true }).toBuffer(), limits)).toEqual(few)
  expect(await decode(await animated().tiff({ compression: 'lzw' }).toBuffer(), limits)).toEqual(few)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'an image stored in EXIF orientation %i is upright',
  async (orientation) => {
    const stored = await sharp(await open(image).png().toBuffer())
      .withMetadata({ orientation })
      .png()
      .toBuffer()
    const upright = await sharp(stored).autoOrient().raw().toBuffer({ resolveWithObject: true })
    const got = await decode(stored, limits)

    expect([got.width, got.height]).toEqual(orientation < 5 ? [90, 70] : [70, 90])
    expect(Buffer.compare(upright.data, got.data)).toBe(0)
  },
)

test('a small image with an EXIF orientation is not decoded as a plain one', async () => {
  const stored = await sharp(encodePng(drawn(20, 10)))
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer()

  expect(await decode(stored, limits)).toMatchObject({ width: 10, height: 20 })
})

test('transparent parts show the background, white unless another is requested', async () => {
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
])('%s is refused with its type', async (_what, words, code, output) => {
  const refusal = await decode(new TextEncoder().encode(words), limits).catch((e: unknown) => e)

  expect(refusal).toMatchObject({ code, message: expect.stringContaining(output) })
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
      decode(await open(image).toFormat(format).toBuffer(), { maxPixels: 6299 }),
    ).rejects.toMatchObject({ code: 'too_many_pixels' })
  }
})

test('an image of exactly the limit is decoded', async () => {
  expect(await decode(encodePng(drawn(10, 10)), { maxPixels: 100 })).toMatchObject({ width: 10 })
  await expect(decode(encodePng(drawn(10, 10)), { maxPixels: 99 })).rejects.toMatchObject({
    code: 'too_many_pixels',
  })
})

test('every PNG with a wrong checksum and every truncated image is refused', async () => {
  const png = await open(image).png().toBuffer()
  const wrong = Uint8Array.from(png)
  wrong[wrong.length - 14]! ^= 1

  await expect(decode(wrong, limits)).rejects.toMatchObject({
    code: 'corrupt_image',
    message: expect.stringContaining('checksum'),
  })
  for (const cut of [
    png,
    await open(image).jpeg().toBuffer(),
    await open(image).webp().toBuffer(),
    await open(image).tiff().toBuffer(),
    await open(image).gif().toBuffer(),
    await open(image).avif().toBuffer(),
  ]) {
    for (const share of [0.3, 0.6, 0.9])
      await expect(decode(cut.subarray(0, Math.floor(cut.length * share)), limits)).rejects.toMatchObject({
        code: 'corrupt_image',
      })
  }
})

test.each([
  ['coloured and small', noise(20, 20, 1)],
  ['coloured and large', noise(60, 41, 2)],
  ['smooth', drawn(64, 64)],
  ['grey', greyOf(drawn(28, 28))],
  ['large and grey', greyOf(drawn(300, 200))],
  ['one pixel', drawn(1, 1)],
])('a written PNG is read back unchanged, here and by sharp: %s', async (_what, values) => {
  const bytes = encodePng(values)

  expect(await decode(bytes, limits)).toEqual(values)
  expect(furthest((await bySharpAlone(bytes))!, values)).toBe(0)
})
