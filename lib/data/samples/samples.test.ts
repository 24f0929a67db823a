import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lockElsewhere } from '../database/locked.fakes.ts'
import { editsOf, openWithFruit, storedImage, predictionOf, sampleOf } from '../opened.fakes.ts'
import { openImages } from '../images/images.ts'
import type { NewImage } from '../values.ts'

const LARGE = 40_000 // bytes: stored as a file
const fileOf = (folder: string, { hash }: NewImage): string =>
  path.join(folder, 'pictures', hash.slice(0, 2), hash)

test('a small image is stored in the database, a large one in a file, and both are returned unchanged', async () => {
  const { data, folder, settings } = await openWithFruit()
  const small = storedImage('small')
  const large = storedImage('large', LARGE)

  await data.images.keep([small, large, large])

  expect(existsSync(fileOf(folder, small))).toBe(false)
  expect(existsSync(fileOf(folder, large))).toBe(true)
  const alone = openImages({ ...settings, now: () => new Date() })
  for (const image of [small, large]) {
    expect(Buffer.from((await data.images.bytesOf(image.hash)) ?? []).equals(image.bytes)).toBe(true)
    expect(Buffer.from((await alone.bytesOf(image.hash)) ?? []).equals(image.bytes)).toBe(true)
  }
  alone.close()
  expect(await data.images.find(large.hash)).toEqual({
    hash: large.hash,
    width: 8,
    height: 8,
    sizeBytes: LARGE,
    mediaType: 'image/png',
  })
  expect(await data.images.bytesOf('0'.repeat(64))).toBeNull()
})

test('an image is a sample of a classifier once; its first label stays, and duplicates are reported', async () => {
  const { data } = await openWithFruit()
  const [first] = await data.samples.add('fruit', [sampleOf('a')])

  const again = await data.samples.add('fruit', [
    sampleOf('b'),
    sampleOf('a', { label: 'lime' }),
    sampleOf('b'),
  ])

  expect(again.map((outcome) => outcome.kind)).toEqual(['added', 'already-there', 'already-there'])
  expect(again[1]).toMatchObject({ sampleId: first?.sampleId, label: 'apple' })
  expect((await data.samples.all('fruit')).map((sample) => sample.label)).toEqual(['apple', 'apple'])
})

test('an image that waited for a lock has the time at which it was stored', async () => {
  const { data, clock, settings } = await openWithFruit()
  const release = await lockElsewhere(settings.databaseFile)

  const adding = data.samples.add('fruit', [sampleOf('a')])
  await nextTurn()
  clock.advance(60_000)
  await release()
  await adding

  expect(await data.samples.all('fruit')).toMatchObject([{ createdAt: new Date(clock.now()) }])
})

test('a label that is not a class keeps the whole batch out, files included', async () => {
  const { data, folder } = await openWithFruit()
  const large = sampleOf('large', { image: storedImage('large', LARGE) })

  await expect(data.samples.add('fruit', [large, sampleOf('b', { label: 'pear' })])).rejects.toMatchObject({
    code: 'unknown_class',
  })

  expect(await data.samples.all('fruit')).toEqual([])
  expect(readdirSync(path.dirname(fileOf(folder, large.image)))).toEqual([])
})

test('an upload that failed leaves nothing: no samples, no images that nothing else needs, no classes', async () => {
  const { data, folder } = await openWithFruit()
  await data.classifiers.addClasses('fruit', ['pear', 'fig'])
  const upload = await data.uploads.begin('fruit')
  const mine = (text: string, label = 'apple') =>
    sampleOf(text, { uploadId: upload.id, label, image: storedImage(text, LARGE) })
  await data.samples.add('fruit', [
    mine('only mine', 'pear'),
    mine('predicted too'),
    sampleOf('another upload'),
  ])
  await data.predictions.record(predictionOf(data, { image: mine('predicted too').image }))
  await data.uploads.change(upload.id, {
    state: 'failed',
    count: 2,
    files: 2,
    perClass: [{ name: 'pear', count: 1, isNew: true }],
  })

  await data.uploads.discard(upload.id)

  expect((await data.samples.all('fruit')).map((sample) => sample.filename)).toEqual(['another upload.png'])
  expect(existsSync(fileOf(folder, mine('only mine').image))).toBe(false)
  expect(existsSync(fileOf(folder, mine('predicted too').image))).toBe(true)
  expect((await data.classifiers.get('fruit')).classes).toEqual(['apple', 'lime', 'plum', 'fig'])
})

test('an upload whose process ended is failed at the next start, and nothing of it stays', async () => {
  const { data } = await openWithFruit()
  const upload = await data.uploads.begin('fruit')
  await data.samples.add('fruit', [sampleOf('a', { uploadId: upload.id })])

  expect(await data.uploads.sweepUnfinished((pid) => pid === process.pid)).toBe(0)
  expect(await data.uploads.sweepUnfinished(() => false)).toBe(1)

  expect(await data.samples.all('fruit')).toEqual([])
  expect(await data.queries.getUpload({ id: upload.id })).toMatchObject({
    state: 'failed',
    count: 0,
    error: expect.stringContaining('Upload them again'),
  })
})

test('the worker undoes an upload whose web process is gone, and leaves one whose process lives', async () => {
  const { data, clock } = await openWithFruit({ webId: 'web of another container' })
  await data.webProcesses.seen('web of another container', 20, 0)
  const upload = await data.uploads.begin('fruit')
  await data.samples.add('fruit', [sampleOf('a', { uploadId: upload.id })])
  const pass = async (seconds: number, isAlive: boolean) => {
    clock.advance(seconds * 1_000)
    if (isAlive) await data.webProcesses.seen('web of another container', 20, 0)
    return data.uploads.sweepAbandoned()
  }

  expect([await pass(50, true), await pass(50, true), await pass(50, false)]).toEqual([0, 0, 0])
  expect(await pass(20, false)).toBe(1)

  expect(await data.queries.getUpload({ id: upload.id })).toMatchObject({ state: 'failed', count: 0 })
  expect(await data.samples.all('fruit')).toEqual([])
  // it was only slow
  await expect(data.uploads.change(upload.id, { state: 'done' })).rejects.toMatchObject({ code: 'conflict' })
})

test('samples of an unfinished upload are not trained on until it has finished', async () => {
  const { data } = await openWithFruit()
  const upload = await data.uploads.begin('fruit')
  await data.samples.add('fruit', [sampleOf('a'), sampleOf('b', { uploadId: upload.id })])
  const seen = async () => [
    (await data.samples.all('fruit')).length,
    (await data.samples.unseen('fruit')).length,
    (await data.samples.countUnseen('fruit')).all,
  ]

  expect(await seen()).toEqual([1, 1, 1])
  await data.uploads.change(upload.id, { state: 'done' })
  expect(await seen()).toEqual([2, 2, 2])
})

test('samples are listed newest first, page by page, by label, split and source', async () => {
  const { data } = await openWithFruit()
  await data.samples.add(
    'fruit',
    ['a', 'b', 'c'].map((text) => sampleOf(text)),
  )
  await data.samples.add('fruit', [sampleOf('d', { label: 'lime', split: 'test', source: 'dataset' })])

  const first = await data.queries.listSamples({ limit: 3 })
  const second = await data.queries.listSamples({ limit: 3, cursor: first.next_cursor ?? '' })

  expect([...first.samples, ...second.samples].map((sample) => sample.filename)).toEqual([
    'd.png',
    'c.png',
    'b.png',
    'a.png',
  ])
  expect([first.total, second.next_cursor]).toEqual([4, null])
  for (const filter of [{ label: 'lime' }, { split: 'test' }, { source: 'dataset' }] as const)
    expect((await data.queries.listSamples({ limit: 9, ...filter })).total).toBe(1)
})

test('a sample is relabelled, excluded and moved to the trash; sums and lists follow', async () => {
  const { data } = await openWithFruit()
  const [one, two] = await data.samples.add('fruit', [sampleOf('a'), sampleOf('b', { split: 'test' })])
  const id = one?.sampleId ?? ''

  expect(await editsOf(data).changeSample({ id, label: 'plum' })).toMatchObject({
    label: 'plum',
    is_excluded: false,
  })
  await expect(editsOf(data).changeSample({ id, label: 'pear' })).rejects.toMatchObject({
    code: 'unknown_class',
  })
  await editsOf(data).changeSample({ id: two?.sampleId ?? '', is_excluded: true })

  expect(await data.queries.dataSummary({})).toMatchObject({
    total: 1,
    per_class: [{ class: 'apple', train: 0, test: 0 }, { class: 'lime' }, { class: 'plum', train: 1 }],
    per_source: [{ source: 'upload', count: 1 }],
    has_original_pictures: true,
  })
  await editsOf(data).deleteSample({ id })
  expect(
    (await data.queries.listSamples({ limit: 9 })).samples.map((sample) => [
      sample.filename,
      sample.is_excluded,
    ]),
  ).toEqual([['b.png', true]])
  expect((await data.queries.dataSummary({})).total).toBe(0)
  await expect(editsOf(data).changeSample({ id, label: 'lime' })).rejects.toMatchObject({
    code: 'conflict',
    why: 'the image a.png is in the trash',
  })
  await expect(editsOf(data).deleteSample({ id })).rejects.toMatchObject({ code: 'not_found' })
})

test('an image is answered whole, as a thumbnail that is made once, or made showable', async () => {
  const made: number[] = []
  const { data } = await openWithFruit({
    thumbnail: async (_bytes, size) => {
      made.push(size)
      return Uint8Array.of(size % 256)
    },
  })
  const large = { width: 900, height: 600 }
  const [png, tiff, small] = await data.samples.add('fruit', [
    sampleOf('a', { image: { ...storedImage('a'), ...large } }),
    sampleOf('t', { image: { ...storedImage('t'), ...large, mediaType: 'image/tiff' } }),
    sampleOf('s', { image: { ...storedImage('s'), width: 8, height: 8 } }),
  ])
  const imageOf = (sample: typeof png, size?: number) =>
    data.queries.sampleImage({ id: sample?.sampleId ?? '', ...(size !== undefined && { size }) })

  expect(await imageOf(png)).toEqual({
    bytes: new Uint8Array(storedImage('a').bytes),
    mediaType: 'image/png',
    filename: null,
    isImmutable: true,
  })
  for (let i = 0; i < 2; i++)
    expect(await imageOf(png, 64)).toMatchObject({ bytes: Uint8Array.of(64), mediaType: 'image/webp' })
  for (let i = 0; i < 2; i++) expect(await imageOf(png, 63)).toMatchObject({ bytes: Uint8Array.of(63) })
  expect((await imageOf(tiff)).mediaType).toBe('image/webp')
  expect((await imageOf(small, 64)).mediaType).toBe('image/png')
  expect(made).toEqual([64, 63, 63, 1024])

  const { trash_id: trashId } = await editsOf(data).deleteSample({ id: png?.sampleId ?? '' })
  expect(data.blobs.has('thumbnail', `${storedImage('a').hash}-64`)).toBe(true) // it can be restored
  await data.erasing.erase(await data.erasing.plan(trashId ?? ''))
  expect(data.blobs.has('thumbnail', `${storedImage('a').hash}-64`)).toBe(false)
})

test('ten thousand samples come in within seconds', { timeout: 60_000 }, async () => {
  const { data } = await openWithFruit()
  const COUNT = 10_000
  const startedAt = performance.now()

  for (let from = 0; from < COUNT; from += 500)
    await data.samples.add(
      'fruit',
      Array.from({ length: 500 }, (_, i) =>
        sampleOf(String(from + i), { image: storedImage(`${from + i} `, 1_000) }),
      ),
    )

  expect((await data.samples.countUnseen('fruit')).all).toBe(COUNT)
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})

test('a correction of an image that an unfinished upload has added outlives the failure of the upload', async () => {
  const { data } = await openWithFruit()
  const image = storedImage('corrected')
  const prediction = predictionOf(data, { image })
  await data.predictions.record(prediction)
  const upload = await data.uploads.begin('fruit')
  await data.samples.add('fruit', [sampleOf('corrected', { image, label: 'apple', uploadId: upload.id })])

  await editsOf(data).giveFeedback({ id: prediction.id, correct: false, label: 'lime' })
  await data.uploads.change(upload.id, { state: 'failed' })
  await data.uploads.discard(upload.id)

  expect(await data.samples.all('fruit')).toMatchObject([
    { hash: image.hash, label: 'lime', source: 'feedback' },
  ])
})
