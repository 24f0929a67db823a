import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { upload } from '#lib/contracts/uploads.ts'
import {
  data,
  ingestForEachTest,
  kinds,
  leftOver,
  image,
  samples,
  send,
  text,
  type FormFields,
} from './upload.fakes.ts'

ingestForEachTest()

test('files with one label become samples, and the report counts them', async () => {
  const { status, body } = await send([
    ['label', 'cat'],
    ['files', image(1), 'a.png'],
    ['files', image(2), 'b.png'],
  ])

  expect(status).toBe(200)
  expect(body).toMatchObject({
    success: true,
    state: 'done',
    count: 2,
    files: 2,
    message: 'Uploaded 2 images successfully',
    findings: [],
    per_class: [{ class: 'cat', count: 2, is_new: false }],
  })
  expect(upload.output.safeParse(body).success).toBe(true)
  expect(await samples()).toEqual(['cat a.png', 'cat b.png'])
  expect(leftOver()).toEqual([])
})

test('labels may come after the files, and new ones become classes in the existing spelling', async () => {
  const { body } = await send([
    ['files', image(1), '1.png'],
    ['files', image(2), '2.png'],
    ['files', image(3), '3.png'],
    ['labels', '["CAT","cow","Cow"]'],
  ])

  expect(body.per_class).toEqual([
    { class: 'cat', count: 1, is_new: false },
    { class: 'cow', count: 2, is_new: true },
  ])
  expect((await data.classifiers.get('pets')).classes).toEqual(['cat', 'dog', 'cow'])
})

test('different numbers of labels and files are refused with both numbers, and nothing is stored', async () => {
  const { status, body } = await send([
    ['labels', 'cat'],
    ['labels', 'dog'],
    ['files', image(1)],
    ['files', image(2)],
    ['files', image(3)],
  ])

  expect([status, body.code]).toEqual([422, 'labels_do_not_match'])
  expect(body.detail).toContain('2 labels for 3 files')
  expect(await samples()).toEqual([])
  expect(leftOver()).toEqual([])
})

test('a table labels the files; files without a row and rows without a file are reported', async () => {
  const { body } = await send([
    ['files', text('filename,label\na.png,dog\ngone.png,cat\n'), 'labels.csv'],
    ['files', image(1), 'a.png'],
    ['files', image(2), 'b.png'],
  ])

  expect(await samples()).toEqual(['dog a.png'])
  expect(kinds(body)).toEqual(['no_label b.png', 'stray_file gone.png'])
})

test('a ZIP of class folders keeps its test part, and reports the entries that were not added', async () => {
  const zip = zipFile([
    { name: 'pets/train/cat/1.png', content: image(1) },
    { name: 'pets/train/dog/1.png', content: image(2) },
    { name: 'pets/test/cat/9.png', content: image(3) },
    { name: 'pets/readme.txt', content: text('hello') },
    { name: '__MACOSX/pets/._1.png', content: text('x') },
    { name: 'pets/train/cat/../../evil.png', content: image(4) },
  ])

  const { status, body } = await send([['files', zip, 'pets.zip']])

  expect([status, body.count]).toEqual([200, 3])
  expect((await data.samples.all('pets')).filter((s) => s.split === 'test').map((s) => s.label)).toEqual([
    'cat',
  ])
  expect(kinds(body).toSorted()).toEqual([
    'refused_entry pets/train/cat/../../evil.png',
    'stray_file __MACOSX/pets/._1.png',
    'stray_file pets/readme.txt',
  ])
})

test('a flat ZIP gets its label from the form, or from the table inside', async () => {
  const fromForm = await send([
    ['label', 'cat'],
    ['files', zipFile([{ name: 'a.png', content: image(1) }]), 'a.zip'],
  ])
  const inside = await send([
    [
      'files',
      zipFile([
        { name: 'labels.csv', content: text('filename,label\nb.png,dog\n') },
        { name: 'b.png', content: image(2) },
      ]),
      'b.zip',
    ],
  ])
  const neither = await send([['files', zipFile([{ name: 'c.png', content: image(3) }]), 'c.zip']])

  expect([fromForm.body.count, inside.body.count]).toEqual([1, 1])
  expect(await samples()).toEqual(['cat a.png', 'dog b.png'])
  expect([neither.status, neither.body.code]).toEqual([422, 'bad_data_file'])
})

test('bad files are entries of the report; the others are stored', async () => {
  const { status, body } = await send([
    ['label', 'cat'],
    ['files', image(1), 'good.png'],
    ['files', text('<html><body>hi</body></html>'), 'page.jpg'],
    ['files', image(2).subarray(0, 60), 'cut.png'],
    ['files', new Uint8Array(60_000), 'big.png'],
    ['files', image(3, 4), 'tiny.png'],
    ['files', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'drawing.svg'],
  ])

  expect([status, body.count, body.files, body.findings_total]).toEqual([200, 2, 6, 5])
  expect(kinds(body).toSorted()).toEqual([
    'corrupt cut.png',
    'not_an_image drawing.svg',
    'not_an_image page.jpg',
    'tiny tiny.png',
    'too_large big.png',
  ])
  expect(body.message).toBe('Uploaded 2 images successfully; 4 of 6 files were not added')
})

test('the same image is one sample: within the upload, from before, and under another label', async () => {
  const first = await send([
    ['label', 'cat'],
    ['files', image(1), 'a.png'],
    ['files', image(1), 'again.png'],
  ])
  const second = await send([
    ['labels', 'cat,dog,dog'],
    ['files', image(1), 'b.png'],
    ['files', image(1), 'c.png'],
    ['files', image(2), 'd.png'],
  ])
  const third = await send([
    ['label', 'dog'],
    ['files', image(1), 'e.png'],
  ])

  expect(kinds(first.body)).toEqual(['duplicate_in_upload again.png'])
  expect(kinds(second.body)).toEqual(['same_picture_other_label c.png', 'already_there b.png'])
  expect(kinds(third.body)).toEqual(['same_picture_other_label e.png'])
  expect(third.body.findings[0]).toMatchObject({ labels: ['cat', 'dog'], sample_id: expect.any(String) })
})

test.each<[string, FormFields, number, string]>([
  ['no file', [['label', 'cat']], 400, 'missing_file'],
  [
    'an empty file',
    [
      ['label', 'cat'],
      ['files', new Uint8Array(), 'a.png'],
    ],
    400,
    'missing_file',
  ],
  [
    'text instead of a file',
    [
      ['label', 'cat'],
      ['files', 'a.png'],
    ],
    400,
    'missing_file',
  ],
  [
    'nothing but a page',
    [
      ['label', 'cat'],
      ['files', text('<html><body>hi</body></html>'), 'a.jpg'],
    ],
    415,
    'not_an_image',
  ],
  [
    'a cut ZIP',
    [['files', zipFile([{ name: 'cat/a.png', content: image(1) }]).subarray(0, 90), 'a.zip']],
    422,
    'bad_archive',
  ],
  [
    'a label with control characters',
    [
      ['label', 'c\u0001t'],
      ['files', image(1)],
    ],
    422,
    'invalid_input',
  ],
  [
    'a label of 10,000 characters',
    [
      ['labels', 'x'.repeat(10_000)],
      ['labels', 'cat'],
      ['files', image(1)],
      ['files', image(2)],
    ],
    422,
    'invalid_input',
  ],
  ['no label at all', [['files', image(1)]], 422, 'labels_do_not_match'],
  [
    'more than may come at once',
    [
      ['label', 'cat'],
      ['files', new Uint8Array(3_000_001)],
    ],
    413,
    'too_large',
  ],
])('refused without any change: %s', async (_story, parts, status, code) => {
  const answer = await send(parts)

  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect(await samples()).toEqual([])
  expect(leftOver()).toEqual([])
})

test('an unknown classifier is not found, unless it is to be created', async () => {
  const parts: FormFields = [
    ['classifier', 'leaves'],
    ['label', 'healthy'],
    ['files', image(1), 'a.png'],
  ]

  expect((await send(parts, '')).status).toBe(404)
  expect((await send([['create', 'true'], ...parts], '')).body).toMatchObject({
    classifier: 'leaves',
    count: 1,
    per_class: [{ class: 'healthy', is_new: true }],
  })
  expect(await samples('leaves')).toEqual(['healthy a.png'])
})

test('no classifier is created with an id that the pages need for themselves', async () => {
  const parts: FormFields = [
    ['classifier', 'insights'],
    ['create', 'true'],
    ['label', 'healthy'],
    ['files', image(1), 'a.png'],
  ]

  const refused = await send(parts, '')

  expect([refused.status, refused.body.code]).toEqual([422, 'invalid_input'])
  expect(refused.body.detail).toMatch(
    /^The classifier was not created: "insights" is reserved for the addresses/,
  )
  expect(await data.classifiers.find('insights')).toBeNull()
})

test('no classifier is created when none of the files is an image', async () => {
  const refused = await send(
    [
      ['classifier', 'leaves'],
      ['create', 'true'],
      ['label', 'healthy'],
      ['files', Buffer.from('<html></html>'), 'a.jpg'],
    ],
    '',
  )

  expect([refused.status, refused.body.code]).toEqual([415, 'not_an_image'])
  expect(refused.body.detail).toMatch(/^a\.jpg is not an image: it is an? HTML[^:]*\. Send PNG, [^:]*\.$/)
  expect(await data.classifiers.find('leaves')).toBeNull()
})
