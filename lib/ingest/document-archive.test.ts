/** Files that are ZIP archives by their bytes, or archives of another kind, and no sets of images. */
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { documentIn } from './document-archive.ts'
import { image, ingestForEachTest, send } from './upload.fakes.ts'

ingestForEachTest()

const workbook = zipFile([
  { name: '[Content_Types].xml', content: new TextEncoder().encode('<Types/>') },
  { name: 'xl/workbook.xml', content: new TextEncoder().encode('<workbook/>') },
])
const bytes = (text: string): Uint8Array => Buffer.from(text.padEnd(600, '\0'), 'latin1')

test.each<[string, string[], string | null]>([
  ['a set', ['cats/1.png', 'dogs/1.png'], null],
  ['a set with a folder called xl', ['xl/1.png', 's/1.png'], null],
  [
    'a Word document',
    ['[Content_Types].xml', 'word/document.xml', 'word/media/image1.png'],
    'a Word document',
  ],
  ['arrays', ['x_train.npy', 'y_train.npy'], 'a NumPy archive (.npz), which is not supported'],
  ['weights of PyTorch', ['net/data.pkl', 'net/version', 'net/data/0'], 'a PyTorch file'],
  ['a Keras model', ['metadata.json', 'config.json', 'model.weights.h5'], 'a Keras model'],
])('the entries of an archive tell whether it is a document: %s', (_story, paths, words) => {
  expect(documentIn(paths)?.words ?? null).toBe(words)
})

test('a workbook is refused with what to do, and named next to a set', async () => {
  const alone = await send([['files', workbook, 'labels.xlsx']])
  const inSet = await send([
    ['files', workbook, 'pets/labels.xlsx'],
    ['files', image(1), 'pets/cat/1.png'],
    ['files', image(2), 'pets/dog/1.png'],
  ])

  expect([alone.status, alone.body.code]).toEqual([422, 'bad_archive'])
  expect(alone.body.detail).toContain('it is an Excel workbook. Save the sheet as CSV')
  expect([inSet.status, inSet.body.count]).toEqual([200, 2])
  expect(inSet.body.findings).toMatchObject([
    {
      kind: 'refused_entry',
      filename: 'pets/labels.xlsx',
      detail: expect.stringContaining('Excel workbook'),
    },
  ])
  expect(inSet.body.plan?.notes).toEqual([expect.stringContaining('pets/labels.xlsx: ')])
})

test.each([
  ['set.rar', bytes('Rar!\x1a\x07\x01'), 'bad_archive', 'set.rar cannot be read: it is a RAR archive'],
  ['set.7z', bytes('7z\xbc\xaf\x27\x1c'), 'bad_archive', 'it is a 7-Zip archive'],
  ['set.tar.gz', bytes('\x1f\x8b\x08'), 'bad_archive', 'it is a gzip archive'],
  [
    'set.zip',
    bytes('<html><body>404').filter((byte) => byte > 0),
    'bad_archive',
    'set.zip cannot be read: it is an HTML page. Download',
  ],
])('an archive of another kind needs no label: %s', async (name, content, code, words) => {
  const { body } = await send([['files', content, name]])

  expect(body.code).toBe(code)
  expect(body.detail).toContain(words)
})

test('an archive without entries says so', async () => {
  const { body } = await send([['files', zipFile([]), 'none.zip']])

  expect(body.detail).toContain('The archive has no images: it is empty')
})

test('an archive of archives says so', async () => {
  const inner = zipFile([{ name: 'a.png', content: image(1) }])
  const outer = zipFile(['cats.zip', 'dogs.zip'].map((name) => ({ name, content: inner })))

  const { body } = await send([['files', outer, 'all.zip']])

  expect(body.detail).toContain('it has only other archives, such as cats.zip, dogs.zip. Extract it')
})
