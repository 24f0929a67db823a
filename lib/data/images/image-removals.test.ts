import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../open.ts'
import { openWithFruit, sampleOf, storedImage } from '../opened.fakes.ts'
import { blobFile } from './blobs.ts'
import { deleteUnusedImages, deletingImages } from './image-removals.ts'

const LARGE = 40_000 // bytes: stored as a file

async function withSample(text: string) {
  const opened = await openWithFruit()
  const image = storedImage(text, LARGE)
  const upload = await opened.data.uploads.begin('fruit')
  await opened.data.samples.add('fruit', [sampleOf(text, { image, uploadId: upload.id })])
  return { ...opened, image, upload, file: blobFile(opened.folder, 'image', image.hash) }
}

test('the file of a deleted image is removed with it', async () => {
  const { data, upload, file } = await withSample('deleted')
  expect(existsSync(file)).toBe(true)

  await data.uploads.discard(upload.id)

  expect(existsSync(file)).toBe(false)
})

test('a deletion that fails keeps every file', async () => {
  const { data, settings, upload, file, image } = await withSample('kept')
  const { store, close } = await openStore(settings)
  onTestFinished(close)
  const deletion = deletingImages(store, async (tx) => {
    await tx.sample.deleteMany({ where: { uploadId: upload.id } })
    await deleteUnusedImages(tx, [image.hash], new Date())
    throw new Error('the connection was lost')
  })
  await expect(deletion).rejects.toThrow('the connection was lost')

  await data.images.removePendingFiles()

  expect(existsSync(file)).toBe(true)
})

test('a file that cannot be removed is removed later; the image is deleted all the same', async () => {
  const { data, upload, file, image } = await withSample('stuck')
  rmSync(file)
  mkdirSync(path.join(file, 'a folder in its place'), { recursive: true })

  await data.uploads.discard(upload.id)
  expect(await data.images.find(image.hash)).toBeNull()
  await expect(data.images.removePendingFiles()).rejects.toThrow()

  rmSync(file, { recursive: true })
  writeFileSync(file, image.bytes)
  await data.images.removePendingFiles()
  expect(existsSync(file)).toBe(false)
})

test('an image that is stored again before its file was removed keeps it', async () => {
  const { data, upload, file, image } = await withSample('again')
  rmSync(file)
  mkdirSync(path.join(file, 'a folder in its place'), { recursive: true })
  await data.uploads.discard(upload.id)
  rmSync(file, { recursive: true })
  await data.images.keep([image])

  await data.images.removePendingFiles()

  expect(existsSync(file)).toBe(true)
  expect(await data.images.bytesOf(image.hash)).toHaveLength(LARGE)
})
