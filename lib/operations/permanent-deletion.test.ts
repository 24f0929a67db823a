import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { editsOf, openWithFruit } from '#lib/data/opened.fakes.ts'
import { readRows } from '#lib/training/features/feature-cache.ts'
import { DAY_MS, holding, noise, squareOf, used } from './permanent-deletion.fakes.ts'
import { emptyTrash } from './permanent-deletion.ts'

test('after permanent deletion no byte of the file, its thumbnails or its pixels is left in DATA_DIR', async () => {
  const opened = await openWithFruit()
  const { data, folder } = opened
  const { traces, other, ids, upload, predictions, erase } = await used(opened)
  const before = holding(folder, traces)
  expect(before.some((file) => file.endsWith('squares.bin'))).toBe(true)
  expect(before.some((file) => file.startsWith('darkroom.db'))).toBe(true)
  expect(before.some((file) => file.startsWith('pictures/'))).toBe(true)
  expect(before.filter((file) => file.startsWith('thumbnails/'))).toHaveLength(4)

  const { trash_id: trashId } = await editsOf(data).changeSamples({ ids: [...ids], is_trashed: true })
  const lines = await erase({ id: trashId! })

  expect(lines).toMatchObject({
    deleted_for_good: true,
    images: 2,
    still_in_classifiers: [],
    trained_versions: [],
    database_purged: true,
  })
  expect(holding(folder, traces)).toEqual([])
  expect(holding(folder, [await squareOf(other)])).toEqual([]) // its pack was deleted too and can be rebuilt
  expect([...(await readRows(path.join(folder, 'cache', 'embeddings'), 'net', 2)).entries()]).toEqual([
    [other.hash, Float32Array.of(5, 6)],
  ])
  expect(holding(folder, [Buffer.from('secret-1.png, secret-0.png, prediction-secret')])).toEqual([])
  expect((await data.queries.getUpload({ id: upload.id })).findings).toEqual([])
  expect(await data.queries.getPrediction({ id: predictions[0]!.id })).toMatchObject({
    image_url: null,
    filename: null,
    predicted_class: 'apple',
  })
  expect((await data.samples.all('fruit')).map(({ hash }) => hash)).toEqual([other.hash])
  await expect(data.trash.get(trashId!)).rejects.toMatchObject({ code: 'not_found' })
})

test('the worker empties the trash after thirty days, and not before', async () => {
  const opened = await openWithFruit()
  const { data, folder, clock } = opened
  const { traces, upload, erase } = await used(opened)
  await data.trash.putUpload(upload.id, 'Ada')

  clock.advance(29 * DAY_MS)
  await emptyTrash(data, erase, () => undefined)
  expect(holding(folder, traces)).not.toEqual([])
  clock.advance(DAY_MS)
  await emptyTrash(data, erase, () => undefined)

  expect(holding(folder, traces)).toEqual([])
  expect(await data.trash.list({ limit: 9 })).toEqual([])
  await expect(data.uploads.get(upload.id)).rejects.toMatchObject({ code: 'not_found' })
})

test('an image shared with another classifier stays and is reported; a classifier’s own are deleted', async () => {
  const opened = await openWithFruit()
  const { data, folder } = opened
  const { traces, ids, erase } = await used(opened)
  const shared = noise(40, 1)
  await data.classifiers.create({
    id: 'other',
    title: 'Other',
    classes: ['apple', 'x'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  await data.samples.add('other', [
    { image: shared, label: 'apple', split: 'train', source: 'upload', uploadId: null, filename: null },
  ])
  const one = await editsOf(data).deleteSample({ id: ids[0]! })

  expect(await erase({ id: one.trash_id! })).toMatchObject({ images: 0, still_in_classifiers: ['other'] })
  const { trash_id: classifierTrash } = await editsOf(data).deleteClassifier({ id: 'fruit' })
  expect(await erase({ id: classifierTrash! })).toMatchObject({ kind: 'classifier', images: 2 })

  expect(await data.images.bytesOf(shared.hash)).not.toBeNull()
  expect((await data.classifiers.list()).map(({ id }) => id)).toEqual(['other'])
  expect(holding(folder, traces.slice(5))).toEqual([]) // the large image, which was only fruit's
  expect(
    await data.classifiers.create({
      id: 'fruit',
      title: 'Again',
      classes: [],
      input: { size: 32, channels: 3, fit: 'cover' },
      isMirrorable: true,
    }),
  ).toMatchObject({ title: 'Again' })
})

test('an image that is restored or stored again during permanent deletion stays complete', async () => {
  const { data } = await openWithFruit()
  const [first, second, third] = [noise(160, 1), noise(160, 2), noise(160, 3)]
  const added = await data.samples.add(
    'fruit',
    [first, second, third].map((image) => ({
      image,
      label: 'apple',
      split: 'train',
      source: 'upload',
      uploadId: null,
      filename: null,
    })),
  )
  await data.classifiers.create({
    id: 'other',
    title: 'Other',
    classes: ['apple', 'x'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  const { trash_id: trashId } = await editsOf(data).changeSamples({
    ids: added.map(({ sampleId }) => sampleId),
    is_trashed: true,
  })
  const plan = await data.erasing.plan(trashId!)

  await editsOf(data).changeSamples({ ids: [added[0]!.sampleId], is_trashed: false })
  await data.samples.add('other', [
    { image: second, label: 'apple', split: 'train', source: 'upload', uploadId: null, filename: null },
  ])
  await data.erasing.erase(plan)

  expect(await data.images.bytesOf(first.hash)).toEqual(new Uint8Array(first.bytes))
  expect(await data.images.bytesOf(second.hash)).toEqual(new Uint8Array(second.bytes))
  expect(await data.images.bytesOf(third.hash)).toBeNull()
  expect((await data.samples.all('fruit')).map(({ hash }) => hash)).toEqual([first.hash])
})

test('a classifier that is restored during permanent deletion is not deleted', async () => {
  const { data } = await openWithFruit()
  const image = noise(160, 1)
  await data.samples.add('fruit', [
    { image, label: 'apple', split: 'train', source: 'upload', uploadId: null, filename: null },
  ])
  const { trash_id: trashId } = await editsOf(data).deleteClassifier({ id: 'fruit' })
  const plan = await data.erasing.plan(trashId!)
  await data.trash.restore(trashId!, 'Ada')

  await expect(data.erasing.erase(plan)).rejects.toMatchObject({ code: 'not_found' })

  expect((await data.classifiers.list()).map(({ id }) => id)).toEqual(['fruit'])
  expect(await data.images.bytesOf(image.hash)).toEqual(new Uint8Array(image.bytes))
})

test('a permanent deletion fails while a file cannot be removed, and is completed later by itself', async () => {
  const opened = await openWithFruit()
  const { data, folder } = opened
  const { traces, ids, erase } = await used(opened)
  const { trash_id: trashId } = await editsOf(data).changeSamples({ ids: [...ids], is_trashed: true })
  const file = path.join(folder, 'pictures', noise(160, 2).hash.slice(0, 2), noise(160, 2).hash)
  rmSync(file)
  mkdirSync(file) // cannot be removed like a file

  await expect(erase({ id: trashId! })).rejects.toThrow()
  await expect(data.images.removePendingFiles()).rejects.toThrow()

  rmdirSync(file)
  await data.images.removePendingFiles()
  await data.erasing.purge()
  expect(existsSync(file)).toBe(false)
  expect(holding(folder, traces)).toEqual([])
})

test('images of an upload that were restored from the trash stay when the upload is deleted', async () => {
  const { data } = await openWithFruit()
  const upload = await data.uploads.begin('fruit')
  const images = [noise(160, 1), noise(160, 2)]
  const [remaining] = await data.samples.add(
    'fruit',
    images.map((image) => ({
      image,
      label: 'apple',
      split: 'train',
      source: 'upload',
      uploadId: upload.id,
      filename: null,
    })),
  )
  await data.uploads.change(upload.id, { state: 'done', count: 2, files: 2 })
  const { id: trashId } = await data.trash.putUpload(upload.id, 'Ada')
  await editsOf(data).changeSamples({ ids: [remaining!.sampleId], is_trashed: false })

  await data.erasing.erase(await data.erasing.plan(trashId))

  expect((await data.samples.all('fruit')).map(({ id }) => id)).toEqual([remaining!.sampleId])
  expect(await data.images.bytesOf(images[0]!.hash)).toEqual(new Uint8Array(images[0]!.bytes))
  expect(await data.images.bytesOf(images[1]!.hash)).toBeNull()
  expect(await data.uploads.get(upload.id)).toMatchObject({ state: 'done', trashedAt: null })
})
