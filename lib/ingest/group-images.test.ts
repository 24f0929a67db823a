import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { openWithFruit, sampleOf } from '#lib/data/opened.fakes.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { decodeSized } from '#lib/images/decode.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { composeGrouping } from '#lib/processes/forks/fork-grouping.ts'
import { groupImages, type GroupingPorts } from './group-images.ts'
import { searchHere } from './link-search.ts'

const signal = new AbortController().signal
const sizeOf = (bytes: Uint8Array) => decodeSized(bytes, { maxPixels: 1e6 })

function imageOf(image: RgbImage) {
  const bytes = encodePng(image)
  const hash = createHash('sha256').update(bytes).digest('hex')
  return { hash, bytes, width: image.width, height: image.height, mediaType: 'image/png' }
}
const lighter = (image: RgbImage, by: number): RgbImage => ({
  ...image,
  data: image.data.map((value) => Math.min(255, value * by)),
})

async function fruitWith(images: readonly RgbImage[]) {
  const opened = await openWithFruit()
  const { data } = opened
  const add = async (more: readonly RgbImage[]) => {
    const added = await data.samples.add(
      'fruit',
      more.map((image, i) => sampleOf(`image ${i}`, { image: imageOf(image) })),
    )
    return added.map(({ sampleId }) => sampleId)
  }
  const groupOf = async (id: string) => (await data.samples.get(id)).groupId
  return { ...opened, ids: await add(images), add, groupOf }
}

const STAR = drawShape('star', 1)
const RING = drawShape('ring', 2)

test('images without fingerprints get them, and near-copies get one group, also when they come later', async () => {
  const { data, ids, groupOf } = await fruitWith([STAR, RING, lighter(STAR, 1.04)])
  const ports: GroupingPorts = { ...data, sizeOf, openSearch: () => searchHere(signal) }

  await groupImages('fruit', ports, signal)
  const [star, ring, copy] = await Promise.all(ids.map(groupOf))
  expect([star, copy]).toEqual([ids[0], ids[0]])
  expect(ring).toBe(ids[1])

  const [later] = await data.samples.add('fruit', [
    sampleOf('later', { image: imageOf(lighter(RING, 0.96)), split: 'test' }),
  ])
  await groupImages('fruit', ports, signal)
  expect(await groupOf(later!.sampleId)).toBe(ids[1])
  expect((await data.samples.get(later!.sampleId)).split).toBe('train') // as that of the image it is a copy of
})

test('an image is read for its fingerprint once, whatever comes later', async () => {
  const { data, add } = await fruitWith([STAR, RING])
  let read = 0
  const ports: GroupingPorts = {
    ...data,
    sizeOf: (bytes) => {
      read += 1
      return sizeOf(bytes)
    },
    openSearch: () => searchHere(signal),
  }

  await groupImages('fruit', ports, signal)
  await groupImages('fruit', ports, signal)
  expect(read).toBe(2)

  await add([drawShape('cross', 3)])
  await groupImages('fruit', ports, signal)
  expect(read).toBe(3)
})

test('an image that was imported with its group gets a fingerprint, and a later near-copy joins it', async () => {
  const { data, ids, add, groupOf } = await fruitWith([STAR, RING])
  const ports: GroupingPorts = { ...data, sizeOf, openSearch: () => searchHere(signal) }
  await data.groups.save('fruit', { compared: [], links: [[imageOf(STAR).hash, imageOf(RING).hash]] })
  expect(await data.groups.progressOf('fruit')).toEqual({ images: 2, pending: 0 })

  await groupImages('fruit', ports, signal)
  const [copy] = await add([lighter(RING, 0.96)])
  await groupImages('fruit', ports, signal)

  expect(await groupOf(copy!)).toBe(ids[0])
})

test('an image that cannot be read is a group of its own, and is not tried again', async () => {
  const { data } = await openWithFruit()
  const [broken] = await data.samples.add('fruit', [sampleOf('not an image')])

  await groupImages('fruit', { ...data, sizeOf, openSearch: () => searchHere(signal) }, signal)

  expect((await data.samples.get(broken!.sampleId)).groupId).toBe(broken!.sampleId)
  expect(await data.groups.pendingClassifiers()).toEqual([])
})

test('digits are not grouped, because those of different people are as alike as copies', async () => {
  const { data } = await openWithFruit()
  await data.classifiers.create({
    id: 'digits',
    title: 'Digits',
    classes: ['1'],
    input: { size: 28, channels: 1, fit: 'digit' },
    isMirrorable: false,
  })
  await data.samples.add('digits', [sampleOf('1', { label: '1', image: imageOf(STAR) })])

  expect(await data.groups.pendingClassifiers()).toEqual([])
})

test('many images are compared in a child, with the same result', async () => {
  const images = Array.from({ length: 110 }, (_, i) => drawShape('star', 100 + i))
  const { data, ids, groupOf } = await fruitWith([...images, lighter(images[7]!, 1.05)])
  const logged: string[] = []
  const group = composeGrouping(data, { sizeOf, log: (_level, message) => void logged.push(message) })

  await group('fruit', signal)

  expect(logged).toEqual([])
  expect(await groupOf(ids.at(-1)!)).toBe(await groupOf(ids[7]!))
  expect(await data.groups.progressOf('fruit')).toEqual({ images: 111, pending: 0 })
})
