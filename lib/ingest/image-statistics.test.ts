import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import type { Sample } from '#lib/data/values.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { decode } from '#lib/images/decode.ts'
import { decodeSmall, thumbnail } from '#lib/images/thumbnail.ts'
import { binned, createFeatures, evenly, lightOf } from './image-statistics.ts'

const plain = (width: number, height: number, value: number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
})

test('black is 0, white is 1, and half of each has the maximum contrast', () => {
  expect(lightOf(plain(4, 4, 0))).toEqual({ brightness: 0, contrast: 0 })
  expect(lightOf(plain(4, 4, 255)).brightness).toBeCloseTo(1, 9)
  const halves = plain(4, 4, 0)
  halves.data.fill(255, 24)
  expect(lightOf(halves).brightness).toBeCloseTo(0.5, 9)
  expect(lightOf(halves).contrast).toBeCloseTo(0.5, 9)
})

test('each value is in one bin, and the last bin has no upper limit', () => {
  expect(binned([0, 0.5, 0.99, 1, 7], [0, 0.5, 1])).toEqual([
    { from: 0, to: 0.5, count: 1 },
    { from: 0.5, to: 1, count: 2 },
    { from: 1, to: null, count: 2 },
  ])
})

test('of many images 2,000 are read, and of a rare class ten', () => {
  const all = Array.from(
    { length: 60_000 },
    (_, i) => ({ id: String(i), label: i < 59_970 ? 'common' : 'rare' }) as Sample,
  )

  const sampled = evenly(all, ['rare', 'common'])

  expect(sampled).toHaveLength(2_000)
  expect(sampled.filter(({ label }) => label === 'rare')).toHaveLength(10)
  expect(new Set(sampled.map(({ id }) => id)).size).toBe(2_000)
})

const read = (bytes: Uint8Array, side: number) => decodeSmall(bytes, side, { maxPixels: 1e6 })

test('the images of a classifier are described, each class by its mean image, and only once', async () => {
  const { data, folder } = await openForTest()
  await data.classifiers.create({
    id: 'light',
    title: 'Light',
    classes: ['dark', 'bright', 'none'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  const sample = async (label: string, image: Parameters<typeof thumbnail>[0]) => {
    const bytes = await thumbnail(image, 1000)
    return {
      image: {
        hash: createHash('sha256').update(bytes).digest('hex'),
        bytes,
        width: 1,
        height: 1,
        mediaType: 'image/webp',
      },
      label,
      split: 'train',
      source: 'upload',
      uploadId: null,
      filename: null,
    } as const
  }
  const broken = {
    ...(await sample('dark', plain(3, 3, 9))),
    image: {
      hash: 'a'.repeat(64),
      bytes: new Uint8Array([1, 2, 3]),
      width: 1,
      height: 1,
      mediaType: 'image/png',
    },
  }
  await data.samples.add('light', [
    await sample('dark', plain(40, 20, 0)),
    await sample('dark', plain(32, 32, 51)),
    await sample('bright', plain(100, 300, 255)),
    broken,
  ])
  const cache = path.join(folder, 'cache')
  const features = createFeatures({ data, folder: cache, read, now: () => new Date(0) })

  const [result, same] = await Promise.all([
    features({ classifier: 'light' }),
    features({ classifier: 'light' }),
  ])
  const again = await features({ classifier: 'light' })

  expect(result).toMatchObject({ classifier: 'light', total: 4, looked_at: 3, unreadable: 1 })
  expect(result.per_class.map((one) => [one.class, one.looked_at, one.brightness, one.longer_side])).toEqual([
    ['dark', 2, expect.closeTo(0.1, 5), 36],
    ['bright', 1, expect.closeTo(1, 5), 300],
    ['none', 0, null, null],
  ])
  expect(result.aspect.map(({ count }) => count)).toEqual([1, 0, 0, 1, 0, 0, 1])
  expect(result.per_class[2]?.mean_image).toBeNull()
  const mean = await decode(Buffer.from(result.per_class[0]!.mean_image!.split(',')[1]!, 'base64'), {
    maxPixels: 1e6,
  })
  expect([mean.width, mean.height, mean.data[0]]).toEqual([32, 32, 26]) // of 0 and 51
  expect([same, again]).toEqual([result, result])
  expect(readdirSync(cache)).toHaveLength(1)

  await data.samples.add('light', [await sample('bright', drawShape('star', 1))])
  expect((await features({ classifier: 'light' })).total).toBe(5)
  expect(readdirSync(cache)).toHaveLength(2)
})

test('a waiting request is answered after twenty seconds, from the images read so far', async () => {
  const { data, folder } = await openForTest()
  await data.classifiers.create({
    id: 'slow',
    title: 'Slow',
    classes: ['star'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  for (let seed = 0; seed < 5; seed++) {
    const bytes = await thumbnail(drawShape('star', seed), 32)
    await data.samples.add('slow', [
      {
        image: {
          hash: createHash('sha256').update(bytes).digest('hex'),
          bytes,
          width: 32,
          height: 32,
          mediaType: 'image/webp',
        },
        label: 'star',
        split: 'train',
        source: 'upload',
        uploadId: null,
        filename: null,
      },
    ])
  }
  let seconds = 0

  const features = await createFeatures({ data, folder, read, now: () => new Date(7_000 * seconds++) })({
    classifier: 'slow',
  })

  expect(features).toMatchObject({ total: 5, looked_at: 2 })
})
