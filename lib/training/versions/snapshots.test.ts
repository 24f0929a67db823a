import { expect, test } from 'vitest'
import { readZip } from '#lib/archive/read-zip.ts'
import { upload } from '#lib/contracts/uploads.ts'
import { exportSnapshot, type createSnapshot } from '#lib/contracts/snapshots.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { SampleEdit } from '#lib/domain/sample-state.ts'
import { openProgram } from '#lib/http/program.fakes.ts'
import { serve } from '#lib/http/serve.ts'
import { data, image, ingest, ingestForEachTest, send, type FormFields } from '#lib/ingest/upload.fakes.ts'
import { createSnapshotCases } from './snapshots.ts'

ingestForEachTest()

const snapshots = () => createSnapshotCases(data)
const frozen = (classifier: string, evaluation: Input<typeof createSnapshot>['evaluation'] = 'splits') =>
  snapshots().createSnapshot({ classifier, evaluation })

/** Through the route, as a client downloads it. */
async function download(id: string): Promise<Uint8Array> {
  openProgram()
  const route = serve(exportSnapshot, (input, context) => snapshots().exportSnapshot(input, context))
  const response = await route(
    new Request(`http://darkroom.test/api/snapshots/${id}/export`, {
      headers: { authorization: 'Bearer admin' },
    }),
  )
  expect(response.headers.get('content-disposition')).toMatch(/pets-snapshot-[0-9a-f]{12}\.zip/)
  return new Uint8Array(await response.arrayBuffer())
}

async function filesIn(zip: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const entry of readZip(zip, { entryBytes: 1e7, totalBytes: 1e8 }))
    if (entry.kind === 'file') files.set(entry.path, Buffer.from(entry.bytes).toString('utf8'))
  return files
}

async function uploadedAs(classifier: string, zip: Uint8Array) {
  openProgram({ settings: { maxUploadBytes: 3_000_000 } })
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(zip)]), 'set.zip')
  const route = serve(upload, (input, context) => ingest.upload(input, context))
  const response = await route(
    new Request(`http://darkroom.test/api/upload?classifier=${classifier}&create=true`, {
      method: 'POST',
      body: form,
      headers: { authorization: 'Bearer admin' },
    }),
  )
  return (await response.json()) as Awaited<ReturnType<typeof send>>['body']
}

const change = (id: string, edit: SampleEdit) =>
  data.sampleChanges.change({ kind: 'ids', ids: [id] }, edit, 'Ada')

const inFolders = (folder: string, from: number, count: number): FormFields =>
  Array.from({ length: count }, (_, i) => ['files', image(from + i), `${folder}/${from + i}.png`] as const)

const NAMES = ['cat', 'CAT', 'dog/puppy', 'con', '.hidden', '__MACOSX', 'Ä"*']

test.each(['splits', 'folds'] as const)(
  'an exported snapshot is uploaded as the same snapshot, for evaluation by %s',
  async (evaluation) => {
    await data.classifiers.addClasses('pets', NAMES)
    await send(NAMES.flatMap((_, i) => inFolders('cat', 100 + 10 * i, 9)))
    const samples = await data.samples.all('pets')
    // classes with odd names, groups across classes and through an image that is excluded, splits set by a person
    for (const [i, { id }] of samples.entries())
      await change(id, { label: NAMES[i % NAMES.length]!, ...(i % 11 === 0 && { split: 'test' as const }) })
    const [a, middle, c] = samples.slice(20, 23).map(({ hash }) => hash)
    await data.groups.save('pets', {
      compared: [],
      links: [
        [a!, middle!],
        [middle!, c!],
      ],
    })
    await change(samples[21]!.id, { isExcluded: true })
    const before = await frozen('pets', evaluation)

    const zip = await download(before.id)
    const report = await uploadedAs('copy', zip)

    expect(report).toMatchObject({ state: 'done', count: samples.length - 1, findings: [] })
    expect(report.plan?.notes).toEqual([expect.stringContaining('Darkroom exported')])
    const after = await frozen('copy', evaluation)
    expect(after.hash).toBe(before.hash)
    expect(after).toMatchObject({ train: before.train, validation: before.validation, test: before.test })
  },
)

test('an export has a folder per split and class, and its metadata names every image', async () => {
  await send([...inFolders('train/cat', 0, 3), ...inFolders('test/dog', 10, 2)])
  const { id, hash } = await frozen('pets')

  const files = await filesIn(await download(id))

  const lines = files
    .get('metadata.jsonl')!
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file_name: string })
  const images = [...files.keys()].filter((path) => path.endsWith('.png'))
  expect(lines.map((line) => line.file_name).sort()).toEqual(images.sort())
  expect(new Set(images.map((path) => path.split('/').slice(0, 2).join('/')))).toContain('test/dog')
  expect(files.get('README.md')).toContain(hash)
})

test('images that were deleted since are named in the README instead of left out silently', async () => {
  await send(inFolders('cat', 0, 4))
  const { id } = await frozen('pets')
  const [first] = await data.samples.all('pets')
  await change(first!.id, { isTrashed: true })

  const files = await filesIn(await download(id))

  expect([...files.keys()].filter((path) => path.endsWith('.png'))).toHaveLength(3)
  expect(files.get('README.md')).toContain(`\`${first!.hash}\`: cat/0.png, cat`)
  expect(files.get('README.md')).toContain('in the trash')
})

test('two snapshots are compared: added, removed, relabelled and moved images', async () => {
  await send(inFolders('cat', 0, 5))
  const before = await frozen('pets')
  const [removed, relabelled, moved] = await data.samples.all('pets')
  await change(removed!.id, { isExcluded: true })
  await change(relabelled!.id, { label: 'dog' })
  await change(moved!.id, { split: moved!.split === 'test' ? 'train' : 'test' })
  await send(inFolders('dog', 50, 2))
  const after = await frozen('pets')

  const page = { id: after.id, with: before.id, limit: 50, cursor: undefined, kind: undefined }
  const answer = await snapshots().compareSnapshots(page)

  expect(answer.counts).toEqual({ added: 2, removed: 1, relabelled: 1, moved: 1, unchanged: 2 })
  expect(answer.changes.find(({ kind }) => kind === 'relabelled')).toMatchObject({
    hash: relabelled!.hash,
    before: { label: 'cat' },
    after: { label: 'dog' },
    sample_id: relabelled!.id,
  })
  const first = await snapshots().compareSnapshots({ ...page, kind: 'added', limit: 1 })
  const second = await snapshots().compareSnapshots({
    ...page,
    kind: 'added',
    limit: 1,
    cursor: first.next_cursor!,
  })
  expect([first.changes.length, second.changes.length, second.next_cursor]).toEqual([1, 1, null])
})

test('snapshots are listed with the newest first, and those of another classifier are not compared', async () => {
  await send(inFolders('cat', 0, 2))
  const one = await frozen('pets')
  await send(inFolders('cat', 10, 2))
  const two = await frozen('pets')
  await uploadedAs('copy', await download(two.id))
  const other = await frozen('copy')

  const listed = await data.queries.listSnapshots({ classifier: 'pets', limit: 50, cursor: undefined })

  expect(listed.snapshots.map(({ hash }) => hash)).toEqual([two.hash, one.hash])
  await expect(
    snapshots().compareSnapshots({
      id: one.id,
      with: other.id,
      limit: 50,
      cursor: undefined,
      kind: undefined,
    }),
  ).rejects.toMatchObject({ code: 'invalid_input' })
})
