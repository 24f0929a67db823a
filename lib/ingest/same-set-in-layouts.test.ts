/** The same images in the layouts of common tools become the same set: one snapshot hash. */
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { frozenOf } from '#lib/data/samples/snapshots.ts'
import { data, image, ingestForEachTest, send, text } from './upload.fakes.ts'

ingestForEachTest()

const IMAGES = Array.from({ length: 60 }, (_, i) => ({
  name: `${i < 30 ? 'a' : 'b'}-${i}.png`,
  label: i % 3 === 0 ? 'cat' : 'dog',
  content: image(i),
}))
type Entry = { readonly name: string; readonly content: Uint8Array }

const inClassFolders = (root: string): Entry[] =>
  IMAGES.map(({ name, label, content }) => ({ name: `${root}${label}/${name}`, content }))
const inOneFolder = (folder: string, table: Entry): Entry[] => [
  table,
  ...IMAGES.map(({ name, content }) => ({ name: `${folder}${name}`, content })),
]
const json = (name: string, value: unknown): Entry => ({ name, content: text(JSON.stringify(value)) })
const lines = (name: string, rows: readonly string[]): Entry => ({ name, content: text(rows.join('\n')) })

const LAYOUTS: Readonly<Record<string, readonly Entry[]>> = {
  'a folder for each class': inClassFolders(''),
  'wrapped in two folders': inClassFolders('export/my-pets/'),
  'a CSV': inOneFolder(
    'images/',
    lines('labels.csv', ['filename,label', ...IMAGES.map(({ name, label }) => `${name},${label}`)]),
  ),
  'Label Studio': inOneFolder(
    'upload/1/',
    json(
      'project-1.json',
      IMAGES.map(({ name, label }, id) => ({
        id,
        data: { image: `/data/upload/1/${name}` },
        annotations: [{ result: [{ type: 'choices', value: { choices: [label] } }] }],
      })),
    ),
  ),
  'Teachable Machine: class folders and a manifest': [
    json('manifest.json', { type: 'image', version: '2.4', appdata: { trainEpochs: 50 } }),
    ...inClassFolders(''),
  ],
  COCO: inOneFolder(
    'images/',
    json('annotations/instances_default.json', {
      images: IMAGES.map(({ name }, id) => ({ id, file_name: name, width: 12, height: 12 })),
      annotations: IMAGES.map(({ label }, id) => ({
        id,
        image_id: id,
        category_id: label === 'cat' ? 1 : 2,
      })),
      categories: [
        { id: 1, name: 'cat' },
        { id: 2, name: 'dog' },
      ],
    }),
  ),
  'Hugging Face imagefolder': inOneFolder(
    '',
    lines(
      'metadata.jsonl',
      IMAGES.map(({ name, label }) => JSON.stringify({ file_name: name, label })),
    ),
  ),
}

/** The hash of a snapshot of all images, with the splits that their content determines. */
async function hashOfUpload(entries: readonly Entry[]): Promise<string> {
  const { body } = await send([['files', zipFile([...entries]), 'set.zip']])
  expect(body.count, JSON.stringify(body)).toBe(IMAGES.length)
  const samples = await data.samples.all('pets')
  return frozenOf(samples.map(({ hash, label, split }) => ({ hash, label: label!, split }))).hash
}

const hashes = new Set<string>()

test.each(Object.entries(LAYOUTS))('the same set as %s has the same hash', async (_layout, entries) => {
  hashes.add(await hashOfUpload(entries))

  expect(hashes.size).toBe(1)
})
