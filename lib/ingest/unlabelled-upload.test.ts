import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { createSampleEdits } from './edit-samples.ts'
import { data, image, ingestForEachTest, kinds, samples, send } from './upload.fakes.ts'

ingestForEachTest()

const waiting = async () =>
  (await data.queries.listSamples({ classifier: 'pets', state: 'unlabelled', limit: 9 })).samples.map(
    ({ filename, label, split }) => [filename, label, split],
  )

test('images without a label wait in a list of their own, and are used when they have one', async () => {
  const { status, body } = await send([
    ['unlabelled', 'true'],
    ['files', image(1), 'a.png'],
    ['files', image(2), 'b.png'],
  ])

  expect(status).toBe(200)
  expect(body).toMatchObject({
    count: 2,
    per_class: [],
    message: 'Uploaded 2 images successfully. 2 images have no label yet',
    plan: { message: '2 images without labels.', images: 2, class_count: 0 },
  })
  expect(await samples()).toEqual([])
  expect(await waiting()).toEqual([
    ['b.png', null, null],
    ['a.png', null, null],
  ])

  const [first] = (await data.queries.listSamples({ classifier: 'pets', state: 'unlabelled', limit: 9 }))
    .samples
  await createSampleEdits(data).changeSamples({ ids: [first!.id], label: 'dog' })
  expect(await samples()).toEqual(['dog b.png'])
  expect(await waiting()).toEqual([['a.png', null, null]])
})

test('folders of an archive name no classes when its images have no labels', async () => {
  const zip = zipFile([
    { name: 'cow/a.png', content: image(1) },
    { name: 'cat/b.png', content: image(2) },
  ])

  const { body } = await send([['files', zip, 'set.zip']], '?classifier=pets&unlabelled=true')

  expect(body).toMatchObject({ count: 2, per_class: [] })
  expect((await data.classifiers.get('pets')).classes).toEqual(['cat', 'dog'])
  expect((await waiting()).length).toBe(2)
})

test('an image that is there keeps its label, and one that waits gets the label it is uploaded with', async () => {
  await send([
    ['label', 'cat'],
    ['files', image(1), 'cat.png'],
  ])
  const first = await send([
    ['unlabelled', 'true'],
    ['files', image(1), 'again.png'],
    ['files', image(2), 'waits.png'],
    ['files', image(2), 'twice.png'],
  ])
  expect(first.body.count).toBe(1)
  expect(kinds(first.body)).toEqual(['duplicate_in_upload twice.png', 'already_there again.png'])
  expect(first.body.findings[1]?.detail).toContain('with the label "cat"')

  const second = await send([
    ['unlabelled', 'true'],
    ['files', image(2), 'waits-again.png'],
  ])
  expect(second.body).toMatchObject({
    count: 0,
    findings: [{ detail: 'This image already exists, without a label.' }],
  })

  await send([
    ['label', 'dog'],
    ['files', image(2), 'dog.png'],
  ])
  expect(await samples()).toEqual(['cat cat.png', 'dog dog.png'])
})

test('labels next to unlabelled=true are refused, and so is another value', async () => {
  const both = await send([
    ['unlabelled', 'true'],
    ['label', 'cat'],
    ['files', image(1)],
  ])
  const neither = await send([
    ['unlabelled', 'perhaps'],
    ['files', image(1)],
  ])

  expect([both.status, both.body.code]).toEqual([422, 'invalid_input'])
  expect(neither.status).toBe(422)
  expect(neither.body.detail).toContain('unlabelled')
  expect(await waiting()).toEqual([])
})
