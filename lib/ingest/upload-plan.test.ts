import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { uploadDryRun } from '#lib/contracts/uploads.ts'
import { data, image, ingestForEachTest, leftOver, samples, send, text } from './upload.fakes.ts'

ingestForEachTest()

const archive = (...names: string[]): Uint8Array =>
  zipFile(names.map((name, i) => ({ name, content: image(i) })))
const LETTERS = archive('A/1.png', 'A/2.png', 'a/3.png', 'a/4.png')

test('a dry run answers with the plan and stores nothing', async () => {
  const { status, body } = await send([['files', LETTERS, 'x.zip']], '?classifier=pets&dry_run=true')

  const { plan } = uploadDryRun.parse(body)
  expect(status).toBe(200)
  expect(plan.message).toBe('2 classes: A (2) and a (2).')
  expect(plan.uncertain).toMatchObject([{ reading: 'merge-names', message: '1 class: A (4).' }])
  expect(await samples()).toEqual([])
  expect(leftOver()).toEqual([])
  expect((await data.classifiers.get('pets')).classes).toEqual(['cat', 'dog'])
})

test('an upload does not wait: the best reading is stored, and the answer names the others', async () => {
  const { body } = await send([['files', LETTERS, 'x.zip']])

  expect(await samples()).toEqual(['A A/1.png', 'A A/2.png', 'a a/3.png', 'a a/4.png'])
  expect(body.uncertain.map(({ reading }) => reading)).toEqual(['merge-names'])
  expect(body.plan?.message).toBe('2 classes: A (2) and a (2).')
})

test('another reading is chosen in the query or the form', async () => {
  const inForm = await send([
    ['reading', 'merge-names'],
    ['files', LETTERS, 'x.zip'],
  ])
  const wrong = await send([['files', LETTERS, 'x.zip']], '?classifier=pets&reading=whatever')

  expect(inForm.body.per_class).toEqual([{ class: 'A', count: 4, is_new: true }])
  expect([wrong.status, wrong.body.code]).toEqual([422, 'invalid_input'])
  expect(wrong.body.detail).toContain('merge-names')
})

test('single files with folders in their names are read like an archive, tables included', async () => {
  const { body } = await send([
    ['files', text('filename,label\n'), 'my-set/train/labels.csv'],
    ['files', image(1), 'my-set/train/cat/1.png'],
    ['files', image(2), 'my-set/train/dog/1.png'],
    ['files', image(3), 'my-set/test/cat/9.png'],
    ['files', text('x'), 'my-set/train/cat/.DS_Store'],
    ['files', image(4), 'my-set/contact-sheet.png'],
  ])

  const all = await data.samples.all('pets')
  expect(all.map((s) => `${s.label} ${s.split === 'test'}`).toSorted()).toEqual([
    'cat false',
    'cat true',
    'dog false',
  ])
  expect(body.findings.map(({ filename }) => filename).toSorted()).toEqual([
    'my-set/contact-sheet.png',
    'my-set/train/cat/.DS_Store',
    'my-set/train/labels.csv',
  ])
})

test('several archives: one per part, one per class, or each with classes of its own', async () => {
  const plan = async (...zips: [string, Uint8Array][]): Promise<string> => {
    const parts = zips.map(([name, zip]) => ['files', zip, name] as const)
    return uploadDryRun.parse((await send(parts, '?dry_run=true')).body).plan.message
  }

  const flat = archive('1.png', '2.png')
  const own = archive('x/1.png', 'y/2.png')
  expect(await plan(['train.zip', own], ['test.zip', own])).toBe(
    '2 classes: x (1) and y (1), with a test set of 2.',
  )
  expect(await plan(['cats-samples.zip', flat], ['dogs-samples.zip', flat])).toBe(
    '2 classes: cats (2) and dogs (2).',
  )
  expect(await plan(['a.zip', own], ['b.zip', own])).toBe('2 classes: x (2) and y (2).')
})

test('the plan of several archives counts and names the files as those of each do', async () => {
  const withNotes = (n: number) =>
    zipFile([
      { name: 'x/1.png', content: image(n) },
      { name: 'x/notes.txt', content: text('no table') },
      { name: 'y/1.png', content: image(n + 1) },
      { name: '.DS_Store', content: text('x') },
    ])

  const { body } = await send(
    [
      ['files', withNotes(1), 'a.zip'],
      ['files', withNotes(3), 'b.zip'],
    ],
    '?dry_run=true',
  )

  const { plan } = uploadDryRun.parse(body)
  expect(plan.message).toBe('2 classes: x (2) and y (2).')
  expect(plan.skipped.flatMap(({ examples }) => examples)).toContain('.DS_Store')
  expect(plan.skipped.flatMap(({ examples }) => examples).join()).not.toMatch(/\d\/x|0\//)
})

test('a table in Windows-1252 is read, and the report states that this is a guess', async () => {
  const table = Buffer.from('Datei;Klasse\r\na.png;Äpfel\r\nb.png;Brötchen\r\n', 'latin1')

  const { body } = await send([
    ['files', table, 'labels.csv'],
    ['files', image(1), 'a.png'],
    ['files', image(2), 'b.png'],
  ])

  expect(await samples()).toEqual(['Äpfel a.png', 'Brötchen b.png'])
  expect(body.plan?.notes).toEqual(['labels.csv was read as Windows-1252, which is a guess.'])
})
