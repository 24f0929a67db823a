import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { furthest, limits, open } from './decode.fakes.ts'
import { decode } from './decode.ts'
import { bmpFile, bmpRows, dice, drawn, tiled } from './drawn.fakes.ts'
import { encodePng } from './write-png.ts'

/** Corrects the chunk checksums, so that damage reaches the decoder behind them. */
export function withSoundCrc(bytes: Uint8Array): Uint8Array {
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

export async function bySharpAlone(bytes: Uint8Array): Promise<RgbImage | null> {
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
    const values = round % 3 === 1 ? withSoundCrc(damaged) : damaged

    const ours = await decode(values, limits).catch((e: { code: string }) => e.code)
    const theirs = await bySharpAlone(values)
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
  'whatever bytes of an image are changed, the result is an image or a reason',
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
          expect((answer as RgbImage).data.length).toBe(
            (answer as RgbImage).width * (answer as RgbImage).height * 3,
          )
      }
    }
  },
)

test.each([false, true])('a JPEG without its end marker is whole, progressive: %s', async (progressive) => {
  const jpeg = await sharp(drawn(40, 40).data, {
    raw: { width: 40, height: 40, channels: 3 },
  })
    .jpeg({ progressive })
    .toBuffer()
  const whole = await decode(new Uint8Array(jpeg), limits)

  expect(await decode(new Uint8Array(jpeg.subarray(0, -2)), limits)).toEqual(whole)
  expect(await decode(new Uint8Array(jpeg.subarray(0, -1)), limits)).toEqual(whole)
  await expect(decode(new Uint8Array(jpeg.subarray(0, -40)), limits)).rejects.toMatchObject({
    code: 'corrupt_image',
  })
})
