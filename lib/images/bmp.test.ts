import { expect, test } from 'vitest'
import { decode } from './decode.ts'
import { bmpFile, bmpRows, drawn, tiled } from './drawn.fakes.ts'
import type { BmpParts } from './drawn.fakes.ts'

const limits = { maxPixels: 1e6 }
const COLOURS = [
  [0, 0, 0],
  [255, 255, 255],
  [200, 30, 10],
  [10, 120, 240],
  [90, 90, 90],
] as const
const rowsOf = <T>(width: number, flat: ArrayLike<T>): T[][] =>
  Array.from({ length: flat.length / width }, (_, y) =>
    Array.from({ length: width }, (_, x) => flat[y * width + x]!),
  )

test.each([
  [1, 2],
  [2, 4],
  [4, 5],
  [8, 5],
])(
  'a BMP of %i bits is decoded with its palette, also at odd widths and from the top',
  async (bits, count) => {
    for (const width of [1, 5, 7, 8, 9]) {
      const palette = COLOURS.slice(0, count)
      const { image, indices } = tiled(width, 6, palette)
      const rows = rowsOf(width, indices)
      const parts = { width, bits, palette }

      expect(
        await decode(bmpFile({ ...parts, height: 6, pixels: bmpRows(rows.toReversed(), bits) }), limits),
      ).toEqual(image)
      expect(await decode(bmpFile({ ...parts, height: -6, pixels: bmpRows(rows, bits) }), limits)).toEqual(
        image,
      )
      expect(
        await decode(
          bmpFile({ ...parts, headerSize: 12, height: 6, pixels: bmpRows(rows.toReversed(), bits) }),
          limits,
        ),
      ).toEqual(image)
    }
  },
)

test.each([
  [24, {}],
  [32, {}],
  [32, { compression: 3, masks: [0xff0000, 0xff00, 0xff] }],
  [32, { headerSize: 124, compression: 3, masks: [0xff0000, 0xff00, 0xff, 0] }],
] as [number, Partial<BmpParts>][])('a BMP of %i bits is decoded (%o)', async (bits, more) => {
  for (const width of [1, 2, 3, 4, 5]) {
    const image = drawn(width, 4)
    const words = rowsOf(
      width,
      Array.from(
        { length: width * 4 },
        (_, i) => image.data[i * 3]! * 65536 + image.data[i * 3 + 1]! * 256 + image.data[i * 3 + 2]!,
      ),
    )

    expect(
      await decode(
        bmpFile({ width, height: 4, bits, ...more, pixels: bmpRows(words.toReversed(), bits) }),
        limits,
      ),
    ).toEqual(image)
  }
})

test('sixteen bits spread five and six of them over the whole range', async () => {
  const pixels = bmpRows([[0x0000, 0xffff, 0xf800, 0x07e0]], 16)
  const five = await decode(
    bmpFile({ width: 4, height: 1, bits: 16, pixels: bmpRows([[0, 0x7fff, 0x7c00, 0x0010]], 16) }),
    limits,
  )
  const six = await decode(
    bmpFile({ width: 4, height: 1, bits: 16, compression: 3, masks: [0xf800, 0x07e0, 0x001f], pixels }),
    limits,
  )

  expect([...five.data]).toEqual([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 132])
  expect([...six.data]).toEqual([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0])
})

test('an alpha mask is composited; one that is zero everywhere means an opaque image', async () => {
  const more = {
    width: 2,
    height: 1,
    bits: 32,
    headerSize: 108,
    compression: 3,
    masks: [0xff0000, 0xff00, 0xff, 0xff000000],
  }
  const half = await decode(bmpFile({ ...more, pixels: bmpRows([[0x80ff0000, 0xff0000ff]], 32) }), limits)
  const none = await decode(bmpFile({ ...more, pixels: bmpRows([[0x00ff0000, 0x000000ff]], 32) }), limits)

  expect([...half.data]).toEqual([255, 127, 127, 0, 0, 255])
  expect([...none.data]).toEqual([255, 0, 0, 0, 0, 255])
})

test('run lengths of eight and of four bits are decoded: runs, literals, jumps, ends', async () => {
  const parts = { width: 6, height: 3, palette: COLOURS.slice(0, 4) }
  const eight = Uint8Array.of(
    6,
    1,
    0,
    0,
    /* literal */ 0,
    5,
    0,
    1,
    2,
    3,
    2,
    0,
    1,
    0,
    0,
    0,
    /* jump */ 0,
    2,
    4,
    0,
    2,
    3,
    0,
    1,
  )
  const four = Uint8Array.of(
    6,
    0x11,
    0,
    0,
    0,
    5,
    0x01,
    0x23,
    0x20,
    0,
    1,
    0x00,
    0,
    0,
    0,
    2,
    4,
    0,
    2,
    0x33,
    0,
    1,
  )
  const expected = [
    [0, 0, 0, 0, 3, 3],
    [0, 1, 2, 3, 2, 0],
    [1, 1, 1, 1, 1, 1],
  ]
    .flat()
    .flatMap((index) => COLOURS[index]!)

  expect([
    ...(await decode(bmpFile({ ...parts, bits: 8, compression: 1, pixels: eight }), limits)).data,
  ]).toEqual(expected)
  expect([
    ...(await decode(bmpFile({ ...parts, bits: 4, compression: 2, pixels: four }), limits)).data,
  ]).toEqual(expected)
})

test.each<[string, Partial<BmpParts>, string]>([
  ['claims more pixels than are read', { width: 60_000, height: 60_000 }, 'too_many_pixels'],
  ['claims more rows than it has', { height: 900 }, 'corrupt_image'],
  ['claims no width', { width: 0 }, 'corrupt_image'],
  ['claims a negative width', { width: -4 }, 'corrupt_image'],
  ['claims the smallest number there is', { height: -(2 ** 31) }, 'too_many_pixels'],
  ['hides a JPEG', { compression: 4 }, 'corrupt_image'],
  ['claims 13 bits', { bits: 13 }, 'corrupt_image'],
  [
    'has run lengths that never end',
    { bits: 8, compression: 1, palette: COLOURS, pixels: Uint8Array.of(255, 1) },
    'corrupt_image',
  ],
])('a BMP that %s is refused', async (_story, change, code) => {
  const honest = { width: 4, height: 4, bits: 24, pixels: new Uint8Array(48) }

  await expect(decode(bmpFile({ ...honest, ...change }), limits)).rejects.toMatchObject({ code })
})
