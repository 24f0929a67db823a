import { expect, test } from 'vitest'
import {
  editsOf,
  openWithFruit,
  storedImage,
  predictionOf,
  sampleOf,
  type DataFixture,
} from '../opened.fakes.ts'

const ADA = { caller: { kind: 'person', id: null, name: 'Ada', scopes: [] } } as const

async function withSamples({ data }: DataFixture, count: number): Promise<readonly string[]> {
  const added = await data.samples.add(
    'fruit',
    Array.from({ length: count }, (_, i) => sampleOf(`sample ${i} `)),
  )
  return added.map(({ sampleId }) => sampleId)
}

const cpuMs = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1_000

const labelsOf = async ({ data }: DataFixture): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { label } of await data.samples.all('fruit')) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

test('500 images are relabelled as one change within a second of CPU time, and undone within another', async () => {
  const opened = await openWithFruit()
  const { queries } = opened.data
  const edits = editsOf(opened.data)
  const ids = await withSamples(opened, 500)

  await edits.changeSample({ id: ids[0]!, is_excluded: false }) // compiles Prisma's queries

  const began = cpuMs()
  const response = await edits.changeSamples({ ids: [...ids], label: 'lime' }, ADA)
  const changed = cpuMs()
  await edits.undoChange({ id: response.change!.id, skip_conflicts: false }, ADA)
  const undone = cpuMs()

  expect(response).toMatchObject({
    changed: 500,
    unchanged: 0,
    change: { kind: 'relabel', by: 'Ada', count: 500, undoes: null },
  })
  expect(await labelsOf(opened)).toEqual({ apple: 500 })
  expect((await queries.dataSummary({})).per_class[0]).toMatchObject({ class: 'apple', train: 500 })
  expect(changed - began).toBeLessThan(1_000)
  expect(undone - changed).toBeLessThan(1_000)
})

test('undoing an undo repeats the change, and the log has all three', async () => {
  const opened = await openWithFruit()
  const { queries } = opened.data
  const edits = editsOf(opened.data)
  const ids = await withSamples(opened, 3)
  const first = (await edits.changeSamples({ ids: [...ids], split: 'test', is_excluded: true })).change!

  const undo = (await edits.undoChange({ id: first.id, skip_conflicts: false })).change!
  expect((await opened.data.samples.all('fruit')).map(({ split }) => split)).toEqual([
    'train',
    'train',
    'train',
  ])
  await expect(edits.undoChange({ id: first.id, skip_conflicts: false })).rejects.toMatchObject({
    code: 'conflict',
    why: 'it has already been undone',
  })
  await edits.undoChange({ id: undo.id, skip_conflicts: false })

  expect(
    (await queries.listSamples({ limit: 9 })).samples.map(({ split, is_excluded }) => [split, is_excluded]),
  ).toEqual([
    ['test', true],
    ['test', true],
    ['test', true],
  ])
  const { changes } = await queries.listChanges({ limit: 9 })
  expect(changes.map(({ kind, undoes }) => [kind, undoes])).toEqual([
    ['undo', undo.id],
    ['undo', first.id],
    ['several', null],
  ])
  expect(changes[2]?.undone_by).toBeNull() // it applies again
  expect((await queries.getChange({ id: first.id })).samples[0]).toMatchObject({
    before: { split: 'train', excluded_at: null },
    after: { split: 'test', label: 'apple' },
  })
})

test('images changed again since are reported, and keep their state when the others are undone', async () => {
  const opened = await openWithFruit()
  const { queries } = opened.data
  const edits = editsOf(opened.data)
  const ids = await withSamples(opened, 3)
  const { change } = await edits.changeSamples({ ids: [...ids], label: 'lime' })
  await edits.changeSample({ id: ids[0]!, label: 'plum' })
  await edits.changeSample({ id: ids[1]!, is_excluded: true }) // another field: no conflict

  await expect(edits.undoChange({ id: change!.id, skip_conflicts: false })).rejects.toMatchObject({
    code: 'conflict',
    why: '1 of its 3 images has been changed since',
    extras: {
      members: {
        conflicts_total: 1,
        conflicts: [{ sample_id: ids[0], filename: 'sample 0 .png', fields: ['label'] }],
      },
    },
  })
  expect(await labelsOf(opened)).toEqual({ plum: 1, lime: 1 })
  expect(await edits.undoChange({ id: change!.id, skip_conflicts: true })).toMatchObject({
    changed: 2,
    skipped: 1,
  })
  expect((await queries.listSamples({ limit: 9 })).samples.map(({ label }) => label)).toEqual([
    'apple',
    'apple',
    'plum',
  ])
})

test('a filter names what a list with it shows; one refusal leaves all as they were', async () => {
  const opened = await openWithFruit()
  const edits = editsOf(opened.data)
  const ids = await withSamples(opened, 4)
  await edits.changeSamples({ ids: [ids[0]!, ids[1]!], label: 'lime' })

  expect(
    await edits.changeSamples({ filter: { classifier: 'fruit', label: 'lime' }, is_excluded: true }),
  ).toMatchObject({ changed: 2 })
  await edits.deleteSample({ id: ids[3]! })
  await expect(edits.changeSamples({ ids: [ids[2]!, ids[3]!], label: 'plum' })).rejects.toMatchObject({
    code: 'conflict',
  })
  await expect(edits.changeSamples({ ids: [ids[2]!], label: 'pear' })).rejects.toMatchObject({
    code: 'unknown_class',
  })
  await expect(
    edits.changeSamples({ ids: [ids[2]!, opened.data.id()], label: 'plum' }),
  ).rejects.toMatchObject({ code: 'not_found' })
  for (const input of [
    {},
    { ids: [ids[2]!] },
    { label: 'plum' },
    { ids: [ids[2]!], filter: { classifier: 'fruit' }, label: 'plum' },
  ])
    await expect(edits.changeSamples(input)).rejects.toMatchObject({ code: 'invalid_input' })

  expect(await labelsOf(opened)).toEqual({ apple: 1 })
})

test('images in the trash are in no list, sum or training, and come back as they were', async () => {
  const opened = await openWithFruit()
  const { queries, samples } = opened.data
  const edits = editsOf(opened.data)
  const ids = await withSamples(opened, 3)
  await edits.changeSample({ id: ids[0]!, is_excluded: true })

  const response = await edits.changeSamples({ ids: [ids[0]!, ids[1]!], is_trashed: true }, ADA)

  expect([
    (await samples.all('fruit')).length,
    (await samples.countUnseen('fruit')).all,
    (await queries.listSamples({ limit: 9 })).total,
    (await queries.getClassifier({ id: 'fruit' })).samples.total,
  ]).toEqual([1, 1, 1, 1])
  const [entry] = (await queries.listTrash({ limit: 9 })).entries
  expect(entry).toMatchObject({
    id: response.trash_id,
    kind: 'samples',
    title: '2 images',
    samples_total: 2,
    by: 'Ada',
    until: '2026-12-21T12:00:00.000Z',
  })
  expect(entry!.samples.map(({ id }) => id)).toEqual([ids[0], ids[1]])

  await edits.undoChange({ id: response.change!.id, skip_conflicts: false })
  expect((await queries.listSamples({ limit: 9 })).samples.map(({ is_excluded }) => is_excluded)).toEqual([
    false,
    false,
    true,
  ])
  expect((await queries.listTrash({ limit: 9 })).entries).toEqual([])
})

test('an image in the trash that is uploaded or corrected again returns with its new label', async () => {
  const opened = await openWithFruit()
  const { data } = opened
  const ids = await withSamples(opened, 2)
  for (const id of ids) await editsOf(data).deleteSample({ id })
  const request = predictionOf(data, { image: storedImage('sample 1 ') })
  await data.predictions.record(request)

  const added = await data.samples.add('fruit', [sampleOf('sample 0 ', { label: 'lime' })])
  const corrected = await editsOf(data).giveFeedback({ id: request.id, correct: false, label: 'plum' })

  expect(added).toEqual([{ kind: 'added', sampleId: ids[0] }])
  expect(corrected.sample_id).toBe(ids[1])
  expect(await labelsOf(opened)).toEqual({ lime: 1, plum: 1 })
  expect((await data.queries.listTrash({ limit: 9 })).entries).toEqual([])
})

test('an upload that fails puts back into the trash what it took out of it', async () => {
  const opened = await openWithFruit()
  const { data, clock } = opened
  const ids = await withSamples(opened, 1)
  await editsOf(data).deleteSample({ id: ids[0]! })
  clock.advance(1_000)
  const upload = await data.uploads.begin('fruit')
  await data.samples.add('fruit', [
    sampleOf('sample 0 ', { uploadId: upload.id }),
    sampleOf('fresh', { uploadId: upload.id }),
  ])

  await data.uploads.discard(upload.id)

  expect(await data.samples.all('fruit')).toEqual([])
  expect(
    (await data.queries.listTrash({ limit: 9 })).entries.map(({ kind, samples }) => [kind, samples.length]),
  ).toEqual([['samples', 1]])
})

test('an image that a correction restored from the trash goes back when the correction is undone', async () => {
  const { data, clock } = await openWithFruit()
  const image = storedImage('one')
  const [sample] = await data.samples.add('fruit', [sampleOf('one', { image })])
  await editsOf(data).deleteSample({ id: sample!.sampleId })
  clock.advance(1_000)
  const prediction = predictionOf(data, { image })
  await data.predictions.record(prediction)
  await editsOf(data).giveFeedback({ id: prediction.id, correct: false, label: 'lime' })
  clock.advance(1_000)

  await editsOf(data).giveFeedback({ id: prediction.id, correct: true })

  expect(await data.samples.get(sample!.sampleId)).toMatchObject({
    label: 'lime',
    trashedAt: new Date(clock.now()),
  })
  expect(await data.trash.list({ limit: 9 })).toMatchObject([{ kind: 'samples', samples: 1 }])
})
