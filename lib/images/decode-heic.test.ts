import sharp from 'sharp'
import { expect, test } from 'vitest'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { decode, decodeSized } from './decode.ts'
import { laneOf } from './decode-placement.ts'
import { TILE_COLOURS, TILE_SIDE, heicFile, type HeicSpec } from './heic-file.fakes.ts'
import { withMostMemory } from './wasm-memory.ts'

const LIMITS = { maxPixels: 1e7 }
/** Of a compressed image. */
const NEAR = 12

async function colourAt(bytes: Uint8Array, x: number, y: number): Promise<readonly number[]> {
  const { width, height, data } = await decode(bytes, LIMITS)
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 3
  return [...data.subarray(at, at + 3)]
}
const expectNear = (found: readonly number[], colour: readonly number[]): void =>
  found.forEach((value, i) =>
    expect(Math.abs(value - colour[i]!), `${found.join()} for ${colour.join()}`).toBeLessThanOrEqual(NEAR),
  )

test('a HEIC is read in its colours', async () => {
  const bytes = heicFile()

  const { width, height } = await decodeSized(bytes, LIMITS)

  expect([width, height]).toEqual([TILE_SIDE, TILE_SIDE])
  expectNear(await colourAt(bytes, 0.25, 0.25), TILE_COLOURS.upperLeft)
  expectNear(await colourAt(bytes, 0.75, 0.75), TILE_COLOURS.lowerRight)
})

test.each<[string, HeicSpec, readonly [number, number], keyof typeof TILE_COLOURS]>([
  ['as it is', { turns: 0 }, [2, 1], 'upperLeft'],
  ['by a quarter against the clock', { turns: 1 }, [1, 2], 'upperRight'],
  ['by a half', { turns: 2 }, [2, 1], 'lowerRight'],
  ['by a quarter with the clock', { turns: 3 }, [1, 2], 'lowerLeft'],
])(
  'a grid of tiles, as phones write it, is put together and turned %s',
  async (_how, spec, [across, down], corner) => {
    const bytes = heicFile({ ...spec, tiles: [2, 1] })

    const { width, height } = await decodeSized(bytes, LIMITS)

    expect([width, height]).toEqual([across * TILE_SIDE, down * TILE_SIDE])
    expectNear(await colourAt(bytes, 0.1, 0.1), TILE_COLOURS[corner])
  },
)

test('a large one is reduced, and counts with its true size', async () => {
  const bytes = heicFile({ tiles: [24, 20] })

  const { image, width, height } = await decodeSized(bytes, LIMITS)

  expect([width, height]).toEqual([1536, 1280])
  expect(Math.min(image.width, image.height)).toBe(768)
})

test('its colour profile is applied, like that of a JPEG', async () => {
  const { data } = await sharp({
    create: { width: 8, height: 8, channels: 3, background: { r: 200, g: 180, b: 40 } },
  })
    .jpeg()
    .withIccProfile('p3', { attach: true })
    .toBuffer({ resolveWithObject: true })
  const profile = (await sharp(data).metadata()).icc!

  const plain = await colourAt(heicFile(), 0.25, 0.25)
  const converted = await colourAt(heicFile({ profile }), 0.25, 0.25)

  // Display P3 is wider than sRGB: the same numbers are a stronger yellow
  expect(converted[2]!).toBeLessThan(plain[2]! - 10)
})

test('it is decoded in a process of its own, within the memory that is allowed', () => {
  const bytes = heicFile({ tiles: [24, 20] })

  expect(laneOf(bytes, LIMITS, Infinity)).toMatchObject({ isSmall: false })
  expect(() => laneOf(bytes, { ...LIMITS, maxBytes: 20e6 }, 20e6)).toThrow('needs too much memory')
  expect(() => laneOf(bytes, { maxPixels: 1e6 }, Infinity)).toThrow('megapixels')
})

test('one that claims to be smaller than its tiles is read as what it claims', async () => {
  const bytes = heicFile({ tiles: [24, 20], stated: [64, 64] })

  const { width, height } = await decodeSized(bytes, LIMITS)

  expect([width, height]).toEqual([64, 64])
})

test('libheif cannot grow beyond its limit of memory', async () => {
  const memory = Uint8Array.of(
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    5,
    7,
    1,
    1,
    0x84,
    0x02,
    0x80,
    0x80,
    0x02,
    7,
    5,
    1,
    1,
    0x6d,
    2,
    0,
  )
  const limit = 512 * 65_536

  const { instance } = await WebAssembly.instantiate(withMostMemory(memory, limit))

  const grown = instance.exports['m'] as WebAssembly.Memory // the test has put it there
  grown.grow(512 - 260)
  expect(() => grown.grow(1)).toThrow(RangeError)
})

test('whatever the bytes are, a HEIC is read or refused with a reason', { timeout: 60_000 }, async () => {
  const original = heicFile({ tiles: [2, 2], turns: 1 })
  let seed = 7
  const roll = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647
  const refused = new Set<string>()
  let read = 0
  for (let round = 0; round < 100; round++) {
    const bytes = Uint8Array.from(
      original.subarray(0, round % 5 === 0 ? Math.floor(roll() * original.length) : undefined),
    )
    for (let flips = 1 + (round % 7); flips > 0 && bytes.length > 12; flips--)
      bytes[12 + Math.floor(roll() * (bytes.length - 12))] = Math.floor(roll() * 256)
    try {
      const { width, height } = await decodeSized(bytes, LIMITS)
      expect(width * height).toBeLessThanOrEqual(LIMITS.maxPixels)
      read += 1
    } catch (error) {
      if (!isDarkroomError(error)) throw error
      refused.add(error.code)
    }
  }
  expect(read).toBeGreaterThan(3)
  expect([...refused]).toContain('corrupt_image')
})
