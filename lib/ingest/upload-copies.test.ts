import { expect, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { data, ingestForEachTest, send } from './upload.fakes.ts'

ingestForEachTest()

test('the report says how many images are near-copies of others', async () => {
  const star = drawShape('star', 1)
  const lighter = { ...star, data: star.data.map((value) => Math.min(255, value * 1.04)) }

  const { body } = await send([
    ['label', 'cat'],
    ['files', encodePng(star), 'a.png'],
    ['files', encodePng(lighter), 'b.png'],
    ['files', encodePng(drawShape('ring', 2)), 'c.png'],
  ])

  expect(body.message).toBe(
    'Uploaded 3 images successfully. 3 images, of which 1 is a near-copy: 2 different ones',
  )
})

test('near-copies of images from earlier uploads are named, and have the same group', async () => {
  const star = drawShape('star', 1)
  const lighter = (by: number) =>
    encodePng({ ...star, data: star.data.map((value) => Math.min(255, value * by)) })
  await send([
    ['label', 'cat'],
    ['files', encodePng(star), 'first.png'],
  ])

  const { body } = await send([
    ['label', 'cat'],
    ['files', lighter(1.04), 'b.png'],
    ['files', encodePng(drawShape('ring', 2)), 'c.png'],
    ['files', lighter(0.97), 'd.png'],
  ])

  expect(body.message).toBe(
    'Uploaded 3 images successfully. 3 images, of which 1 is a near-copy: 2 different ones. ' +
      '2 are near-copies of images that were there before',
  )
  expect(body.findings.map(({ kind, filename, detail }) => `${kind} ${filename}: ${detail}`)).toEqual([
    'near_copy b.png: It is a near-copy of first.png, which was there before.',
    'near_copy d.png: It is a near-copy of first.png, which was there before.',
  ])
  const groups = new Map((await data.samples.all('pets')).map(({ filename, groupId }) => [filename, groupId]))
  expect(groups.get('b.png')).toBe(groups.get('first.png'))
  expect(groups.get('d.png')).toBe(groups.get('first.png'))
  expect(groups.get('c.png')).not.toBe(groups.get('first.png'))
  expect(groups.get('c.png')).not.toBeNull()
})
