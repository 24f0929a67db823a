import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decode } from './decode.ts'
import { drawn } from './drawn.fakes.ts'
import { resizeForDisplay, thumbnail } from './thumbnail.ts'

const limits = { maxPixels: 1e6 }

test('a thumbnail keeps the proportions and fits its square', async () => {
  const bytes = await thumbnail(drawn(300, 200), 96)

  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 96, height: 64 })
})

test('an image that fits is shown exactly', async () => {
  const image = drawn(28, 20)

  expect(await resizeForDisplay(image, 96)).toBe(image)
  expect(await decode(await thumbnail(image, 96), limits)).toEqual(image)
})
