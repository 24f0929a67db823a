import { expect, test } from 'vitest'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { data, image, ingestForEachTest, send } from './upload.fakes.ts'

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
      '2 are near-copies of images that were already there',
  )
  expect(body.findings.map(({ kind, filename, detail }) => `${kind} ${filename}: ${detail}`)).toEqual([
    'near_copy b.png: It is a near-copy of first.png, which was already there.',
    'near_copy d.png: It is a near-copy of first.png, which was already there.',
  ])
  const groups = new Map((await data.samples.all('pets')).map(({ filename, groupId }) => [filename, groupId]))
  expect(groups.get('b.png')).toBe(groups.get('first.png'))
  expect(groups.get('d.png')).toBe(groups.get('first.png'))
  expect(groups.get('c.png')).not.toBe(groups.get('first.png'))
  expect(groups.get('c.png')).not.toBeNull()
})

test('the frames of one recording are one group in one split, however different they are', async () => {
  const frames = (from: number) =>
    Array.from(
      { length: 24 },
      (_, i) => ['files', encodePng(drawShape(SHAPES[i % 6]!, from + i)), `${i}.png`] as const,
    )
  const values = (
    samples: readonly { readonly groupId: string | null; readonly split: string | null }[],
  ) => ({
    groups: new Set(samples.map(({ groupId }) => groupId)).size,
    splits: new Set(samples.map(({ split }) => split)).size,
  })

  await send([['label', 'cat'], ...frames(40)])
  const apart = values(await data.samples.all('pets'))
  expect(apart.groups).toBeGreaterThan(6)
  expect(apart.splits).toBeGreaterThan(1)

  await send([['label', 'dog'], ['one_group', 'true'], ...frames(4_000)])
  const together = (await data.samples.all('pets')).filter(({ label }) => label === 'dog')
  expect(together).toHaveLength(24)
  expect(values(together)).toEqual({ groups: 1, splits: 1 })
})

test('recorded digits, which are not compared with each other, are one group, too', async () => {
  await data.classifiers.create({
    id: 'paper',
    title: 'Paper',
    classes: ['1'],
    input: { size: 28, channels: 1, fit: 'digit' },
    isMirrorable: false,
  })

  const frames = Array.from({ length: 24 }, (_, i) => ['files', image(i), `${i}.png`] as const)
  await send([['label', '1'], ['one_group', 'true'], ...frames], '?classifier=paper')

  const samples = await data.samples.all('paper')
  expect(samples).toHaveLength(24)
  expect(new Set(samples.map(({ groupId, split }) => `${groupId} ${split}`)).size).toBe(1)
})

test('a value of one_group that is neither true nor false is refused before anything is stored', async () => {
  const { status, body } = await send([
    ['label', 'cat'],
    ['one_group', 'maybe'],
    ['files', image(1), 'a.png'],
  ])

  expect([status, body.code]).toEqual([422, 'invalid_input'])
  expect(body.detail).toContain('one_group')
  expect(await data.samples.all('pets')).toEqual([])
})
