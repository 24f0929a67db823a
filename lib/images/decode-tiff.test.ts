import { expect, test } from 'vitest'
import { decodeSized } from './decode.ts'
import { readHeader } from './header.ts'
import { tiffFile, type TiffPart } from './tiff-file.fakes.ts'

const limits = { maxPixels: 1e6 }
const SIZE = { width: 4, height: 2 }
/** Eight values from 0 to 1, evenly. */
const RAMP = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => i / 7)
const GREYS = RAMP.map((value) => Math.round(value * 255))
const grey = async (part: Omit<TiffPart, 'width' | 'height'>): Promise<number[]> => {
  const { image } = await decodeSized(tiffFile([{ ...SIZE, ...part }]), limits)
  return [...image.data].filter((_, i) => i % 3 === 0)
}
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, -0.5))

test.each<[string, Omit<TiffPart, 'width' | 'height'>]>([
  ['floating point from 0 to 1', { bits: 32, format: 'float', values: RAMP }],
  ['floating point from 0 to 255', { bits: 32, format: 'float', values: RAMP.map((v) => v * 255) }],
  [
    'floating point of another range',
    { bits: 32, format: 'float', values: RAMP.map((v) => v * 5000 - 1000) },
  ],
  ['12 bits in 16', { bits: 16, values: RAMP.map((v) => Math.round(v * 4095)) }],
  ['16 bits', { bits: 16, values: RAMP.map((v) => Math.round(v * 65_535)) }],
  [
    '16 bits with a stated range',
    { bits: 16, most: 30_000, values: RAMP.map((v) => Math.round(v * 30_000)) },
  ],
  ['32 bits', { bits: 32, values: RAMP.map((v) => Math.round(v * 1e6)) }],
  ['16 bits with a sign', { bits: 16, format: 'signed', values: RAMP.map((v) => Math.round(v * 1023)) }],
])('numbers become 0 to 255: %s', async (_story, part) => {
  expect(await grey(part)).toEqual(near(GREYS))
})

test('values that are no numbers are black', async () => {
  const values = [NaN, 1, 0, 1, 0.5, 0.5, Infinity, -Infinity]

  expect(await grey({ bits: 32, format: 'float', values })).toEqual(near([0, 255, 0, 255, 128, 128, 255, 0]))
})

test('floating point colours keep their order', async () => {
  const values = Array.from({ length: 8 }, () => [1, 0.5, 0]).flat()
  const { image } = await decodeSized(
    tiffFile([{ ...SIZE, bits: 32, format: 'float', samples: 3, values }]),
    limits,
  )

  expect([...image.data.subarray(0, 3)]).toEqual(near([255, 128, 0]))
})

test.each<[string, number, number[], number[]]>([
  ['an unspecified extra sample', 4, [0], [200, 100, 50]],
  ['two unspecified extra samples', 5, [0, 0], [200, 100, 50]],
  ['transparency', 4, [2], [255, 255, 255]],
])('only stated transparency counts: %s', async (_story, samples, extraSamples, colour) => {
  const values = Array.from({ length: 8 }, () => [200, 100, 50, 0, 9].slice(0, samples)).flat()
  const { image } = await decodeSized(tiffFile([{ ...SIZE, bits: 8, samples, extraSamples, values }]), limits)

  expect([...image.data.subarray(0, 3)]).toEqual(colour)
})

test('the largest page is read, not the preview before it, and the header has its size', async () => {
  const page = (width: number, height: number, value: number, isPreview = false): TiffPart => ({
    width,
    height,
    bits: 8,
    isPreview,
    values: Array.from({ length: width * height }, () => value),
  })
  const file = tiffFile([page(40, 40, 9, true), page(2, 2, 50), page(6, 4, 200)])
  const { image, width, height } = await decodeSized(file, limits)

  expect([width, height, image.data[0]]).toEqual([6, 4, 200])
  expect(readHeader(file, 'tiff')).toMatchObject({ width: 6, height: 4 })
})

test.each<[string, TiffPart, string]>([
  [
    'CIE Lab',
    { ...SIZE, bits: 8, samples: 3, photometric: 8, values: Array.from({ length: 24 }, () => 9) },
    'CIE Lab',
  ],
  [
    'a raw photo',
    { ...SIZE, bits: 16, photometric: 32_803, values: Array.from({ length: 8 }, () => 9) },
    'raw data of a camera',
  ],
  [
    'negative numbers',
    { ...SIZE, bits: 16, format: 'signed', values: RAMP.map((v) => Math.round(v * 9 - 3)) },
    'negative (from -3)',
  ],
  [
    'five channels of anything',
    { ...SIZE, bits: 8, samples: 5, photometric: 1, values: Array.from({ length: 40 }, () => 9) },
    '5 channels',
  ],
])('refused with the true reason: %s', async (_story, part, reason) => {
  await expect(decodeSized(tiffFile([part]), limits)).rejects.toMatchObject({
    code: 'corrupt_image',
    message: expect.stringContaining(reason),
  })
})
