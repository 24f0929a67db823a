import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { blobFile, blobsIn } from './blobs.ts'
import { folderForTest, openWithFruit, storedImage, predictionOf, sampleOf } from '../opened.fakes.ts'
import { openImages } from './images.ts'

const LARGE = 40_000 // bytes: stored as a file

async function piecesOf(bytes: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return pieces
}

test('a blob is returned as it was stored, and is gone when it is deleted', async () => {
  const folder = folderForTest()
  const blobs = blobsIn(folder, randomUUID)
  const { hash, bytes } = storedImage('a', LARGE)
  const key = `${hash}-128`

  await blobs.put('image', hash, bytes)
  await blobs.put('thumbnail', key, Uint8Array.of(1, 2, 3))
  await blobs.put('thumbnail', `${hash}-64`, Uint8Array.of(4))

  expect(Buffer.from((await blobs.get('image', hash))!).equals(bytes)).toBe(true)
  expect([...(await blobs.get('thumbnail', key))!]).toEqual([1, 2, 3])
  await blobs.deleteOf('thumbnail', hash)
  await blobs.delete('image', hash)
  expect([
    blobs.has('image', hash),
    blobs.has('thumbnail', key),
    blobs.has('thumbnail', `${hash}-64`),
  ]).toEqual([false, false, false])
  expect(await blobs.get('image', hash)).toBeNull()
  expect(readdirSync(path.dirname(blobFile(folder, 'image', hash)))).toEqual([])
})

test('a blob in pieces is the same bytes, proven before and while they are sent', async () => {
  const folder = folderForTest()
  const blobs = blobsIn(folder, randomUUID)
  const { hash, bytes } = storedImage('large', 300_000)
  await blobs.put('image', hash, bytes)

  const whole = await blobs.pieces('image', hash)
  const pieces = await piecesOf(whole!.bytes)
  expect(whole!.sizeBytes).toBe(300_000)
  expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(65_536)
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true)

  const started = await blobs.pieces('image', hash)
  writeFileSync(blobFile(folder, 'image', hash), Buffer.alloc(300_000))
  await expect(piecesOf(started!.bytes)).rejects.toMatchObject({ code: 'file_damaged' })
  await expect(blobs.pieces('image', hash)).rejects.toMatchObject({ code: 'file_damaged' })
  rmSync(blobFile(folder, 'image', hash))
  expect(await blobs.pieces('image', hash)).toBeNull()
})

test('a thumbnail that was changed on disk is replaced, not served', async () => {
  const folder = folderForTest()
  const blobs = blobsIn(folder, randomUUID)
  const key = `${'a'.repeat(64)}-128`
  await blobs.put('thumbnail', key, Uint8Array.of(1, 2, 3))
  const file = blobFile(folder, 'thumbnail', key)
  const content = readFileSync(file)
  content[content.length - 1]! ^= 1
  writeFileSync(file, content)

  expect(await blobs.get('thumbnail', key)).toBeNull()
  expect(existsSync(file)).toBe(false)
})

test.each<[string, (file: string) => void]>([
  ['a pipe', (file) => void execFileSync('mkfifo', [file])],
  ['a device', (file) => symlinkSync('/dev/zero', file)],
  ['a folder', (file) => mkdirSync(file)],
  ['a link to itself', (file) => symlinkSync(file, file)],
])('%s in the place of an image counts as a missing file', async (_what, place) => {
  const folder = folderForTest()
  const blobs = blobsIn(folder, randomUUID)
  const { hash, bytes } = storedImage('a', LARGE)
  await blobs.put('image', hash, bytes)
  const file = blobFile(folder, 'image', hash)
  rmSync(file)
  place(file)

  expect(await blobs.get('image', hash)).toBeNull()
})

test.each(['../../etc/passwd', 'a'.repeat(63), `${'a'.repeat(64)}/x`, ''])(
  'an invalid key reaches no file: %s',
  async (key) => {
    await expect(blobsIn(folderForTest(), randomUUID).get('image', key)).rejects.toThrow(
      'is not the key of a blob',
    )
  },
)

test('a missing or changed image file is not served, and differs from one that never existed', async () => {
  const { data, folder, settings } = await openWithFruit()
  const [gone, changed, inDatabase] = [
    storedImage('gone', LARGE),
    storedImage('changed', LARGE),
    storedImage('small'),
  ]
  await data.images.keep([gone, changed, inDatabase])
  rmSync(blobFile(folder, 'image', gone.hash))
  writeFileSync(blobFile(folder, 'image', changed.hash), storedImage('another', LARGE).bytes)

  const alone = openImages({ ...settings, now: () => new Date() })
  for (const way of [data.images, alone]) {
    await expect(way.bytesOf(gone.hash)).rejects.toMatchObject({
      code: 'file_missing',
      extras: { members: { hash: gone.hash } },
    })
    await expect(way.bytesOf(changed.hash)).rejects.toMatchObject({ code: 'file_damaged' })
    expect(Buffer.from((await way.bytesOf(inDatabase.hash))!).equals(inDatabase.bytes)).toBe(true)
    expect(await way.bytesOf('0'.repeat(64))).toBeNull()
  }
  alone.close()
})

test('thumbnails go with their image', async () => {
  const { data } = await openWithFruit()
  const image = storedImage('seen', LARGE)
  const upload = await data.uploads.begin('fruit')
  await data.samples.add('fruit', [sampleOf('seen', { image, uploadId: upload.id })])
  await data.predictions.record(predictionOf(data))
  await data.blobs.put('thumbnail', `${image.hash}-128`, Uint8Array.of(1, 2, 3))

  await data.uploads.discard(upload.id)

  expect(data.blobs.has('thumbnail', `${image.hash}-128`)).toBe(false)
})

test('a missing or damaged file is remembered until it is whole again or the image is deleted', async () => {
  const { data, folder } = await openWithFruit()
  const [gone, changed] = [storedImage('gone', LARGE), storedImage('changed', LARGE)]
  const added = await data.samples.add('fruit', [
    sampleOf('gone', { image: gone }),
    sampleOf('changed', { image: changed }),
  ])
  rmSync(blobFile(folder, 'image', gone.hash))
  writeFileSync(blobFile(folder, 'image', changed.hash), 'x')

  for (const { sampleId } of added)
    await expect(data.queries.sampleImage({ id: sampleId, size: 96 })).rejects.toMatchObject({
      code: expect.stringMatching(/^file_/),
    })
  await data.images.noteFault('0'.repeat(64), 'file_missing') // of an image that is not there: nothing to remember

  await data.images.recheckFaults()
  expect((await data.images.faults()).newest.map(({ code }) => code).sort()).toEqual([
    'file_damaged',
    'file_missing',
  ])
  writeFileSync(blobFile(folder, 'image', changed.hash), changed.bytes)
  await data.images.recheckFaults()
  expect(await data.images.faults()).toMatchObject({
    count: 1,
    newest: [{ hash: gone.hash, code: 'file_missing' }],
  })
})
