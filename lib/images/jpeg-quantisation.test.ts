import sharp from 'sharp'
import { expect, test } from 'vitest'
import { quantisationOf } from './jpeg-quantisation.ts'

const jpeg = (quality: number): Promise<Buffer> =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: 'red' } })
    .jpeg({ quality })
    .toBuffer()

test('a JPEG of low quality is quantised more coarsely', async () => {
  const [fine, usual, coarse] = await Promise.all([jpeg(95), jpeg(70), jpeg(20)])

  expect(quantisationOf(fine)).toBeGreaterThan(1)
  expect(quantisationOf(usual)).toBeGreaterThan(2 * quantisationOf(fine))
  expect(quantisationOf(coarse)).toBeGreaterThan(2 * quantisationOf(usual))
})

test('other files and damaged ones have no quantisation', async () => {
  const fine = await jpeg(95)
  const png = await sharp(fine).png().toBuffer()

  expect(quantisationOf(png)).toBe(0)
  expect(quantisationOf(fine.subarray(0, 40))).toBe(0)
  expect(quantisationOf(new Uint8Array(0))).toBe(0)
})
