import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { data, image, ingestForEachTest, kinds, samples, send, text } from './upload.fakes.ts'

ingestForEachTest()

const upload = (label: string, n: number, name: string) =>
  send([
    ['label', label],
    ['files', image(n), name],
  ])
const choose = (id: string, label: string) =>
  data.sampleChanges.change({ kind: 'ids', ids: [id] }, { label, isExcluded: false }, 'ann')

test('an image with two labels in one upload is excluded, whatever comes first, and both are named', async () => {
  for (const labels of ['cat,dog', 'dog,cat']) {
    const { body } = await send([
      ['labels', `${labels},cat`],
      ['files', image(1), '1.png'],
      ['files', image(1), '2.png'],
      ['files', image(2), '3.png'],
    ])

    const found = body.findings.find(({ kind }) => kind === 'same_picture_other_label')
    expect(found?.labels.toSorted()).toEqual(['cat', 'dog'])
    expect(found?.detail).toContain('excluded until you choose')
    expect(await samples()).toEqual(['cat 3.png'])
  }
})

test('the same image in two class folders of an archive is a conflict', async () => {
  const zip = zipFile([
    { name: 'cats/a.png', content: image(1) },
    { name: 'dogs/b.png', content: image(1) },
    { name: 'dogs/c.png', content: image(2) },
    { name: 'cats/d.png', content: image(3) },
  ])

  const { body } = await send([['files', zip, 'a.zip']])

  expect(kinds(body)).toEqual(['same_picture_other_label dogs/b.png'])
  expect(body.message).toContain('1 image has several labels and was excluded')
  expect(await samples()).toEqual(['dog dogs/c.png', 'cat cats/d.png'].map((one) => one.replace(' ', 's ')))
})

test('rows of a table that disagree are a conflict', async () => {
  const { body } = await send([
    ['files', text('file,label\na.png,cat\na.png,cow\nb.png,dog\n'), 'labels.csv'],
    ['files', image(1), 'a.png'],
    ['files', image(2), 'b.png'],
  ])

  expect(body.findings.map(({ labels }) => labels)).toEqual([['cat', 'cow']])
  expect(await samples()).toEqual(['dog b.png'])
  expect((await data.classifiers.get('pets')).classes).toContain('cow')
})

test('a label of an earlier upload and another one now: excluded until a user chooses, then it stays', async () => {
  await upload('cat', 1, 'a.png')
  const second = await upload('dog', 1, 'b.png')
  const id = second.body.findings[0]!.sample_id!
  expect(await samples()).toEqual([])

  await choose(id, 'dog')
  expect(await samples()).toEqual(['dog a.png'])

  const third = await upload('cat', 1, 'c.png')
  expect(third.body.findings.map(({ kind, labels }) => [kind, labels])).toEqual([
    ['same_picture_other_label', []],
  ])
  expect(third.body.findings[0]!.detail).toContain('chose its label earlier')
  expect(await samples()).toEqual(['dog a.png'])
})

test('once a user has chosen, the report does not offer the choice again', async () => {
  await upload('cat', 1, 'a.png')
  const { body } = await upload('dog', 1, 'b.png')
  const reported = async () => (await data.queries.getUpload({ id: body.id })).findings[0]!
  expect(await reported()).toMatchObject({ labels: ['cat', 'dog'] })
  expect((await reported()).detail).toContain('It is excluded until you choose a label.')

  await choose(body.findings[0]!.sample_id!, 'dog')

  expect(await reported()).toMatchObject({ labels: [] })
  expect((await reported()).detail).toMatch(/and "dog" \(b\.png\)\. A user chose its label\.$/)
  const { uploads } = await data.queries.listUploads({ classifier: 'pets', limit: 1 })
  expect(uploads[0]!.findings[0]!.labels).toEqual([])
})

test('an unreadable file under two labels is unreadable twice, and no conflict', async () => {
  const { body } = await send([
    ['labels', 'cat,dog,cat'],
    ['files', image(1).subarray(0, 60), 'a.png'],
    ['files', image(1).subarray(0, 60), 'b.png'],
    ['files', image(2), 'c.png'],
  ])

  expect(kinds(body)).toEqual(['corrupt a.png', 'corrupt b.png'])
})
