/** On a real store with an S3 API; skipped where OpenStack Swift is not installed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  lacksSwift,
  startThrowawaySwift,
  type ThrowawaySwift,
} from '#lib/processes/throwaway/throwaway-swift.ts'
import { blobFile, blobsIn } from '../images/blobs.ts'
import { sharedBlobs, stageShared } from '../images/shared-blobs.ts'
import { folderForTest, storedImage } from '../opened.fakes.ts'
import { copyFilesToStore } from './copy-files.ts'
import type { ObjectStore } from './object-store.ts'
import { openObjectStore } from './open-object-store.ts'
import { sharedFolders } from './shared-folders.ts'

const LARGE = 40_000
const reason = lacksSwift()

describe.skipIf(reason !== null)(`files in an object store${reason === null ? '' : ` (${reason})`}`, () => {
  let swift: ThrowawaySwift
  let store: ObjectStore
  beforeAll(async () => {
    swift = await startThrowawaySwift()
    for (const [name, value] of Object.entries(swift.environment)) process.env[name] = value
    store = await open()
  }, 60_000)
  afterAll(async () => {
    store?.close()
    for (const name of Object.keys(swift?.environment ?? {})) delete process.env[name]
    await swift?.[Symbol.asyncDispose]()
  })
  const open = (url = swift.environment.BLOB_URL) =>
    openObjectStore({ url, endpoint: swift.environment.AWS_ENDPOINT_URL, cacheBytes: 0, silentMs: 500 })
  const host = (cacheBytes = 1e6) => {
    const dataDir = folderForTest()
    const blobs = sharedBlobs(blobsIn(dataDir, randomUUID), store, {
      dataDir,
      cacheBytes,
      now: () => new Date(),
    })
    return { dataDir, blobs, folders: sharedFolders(dataDir, store, randomUUID) }
  }

  test('an object is read, listed and deleted as it was stored, in one piece or in parts', async () => {
    const file = path.join(folderForTest(), 'large')
    const content = Buffer.alloc(20 * 2 ** 20, 'a large file, sent in three parts; ')
    writeFileSync(file, content)
    await store.put('a/small', Buffer.from('small'))
    await store.put('a/large', { file, sizeBytes: content.length })

    expect(await textOf(store, 'a/small')).toBe('small')
    expect((await textOf(store, 'a/large')) === content.toString('utf8')).toBe(true)
    expect((await keysOf(store, 'a/')).toSorted()).toEqual(['a/large', 'a/small'])
    await store.remove(['a/large', 'a/small', 'a/unknown'])
    expect([await store.has('a/small'), await store.get('a/large'), await keysOf(store, 'a/')]).toEqual([
      false,
      null,
      [],
    ])
  })

  test('a bucket that does not exist is named at the start', async () => {
    await expect(open('s3://another-bucket')).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('has no bucket "another-bucket"'),
    })
  })

  test('an image that one host stores is read by another one, from the store and then from its copy', async () => {
    const [one, other] = [host(), host()]
    const image = storedImage('shared', LARGE)
    const staged = await stageShared(store, [image])
    expect(staged.settle(image)).toBeNull()

    expect(Buffer.from((await other.blobs.get('image', image.hash))!).equals(image.bytes)).toBe(true)
    const copy = blobFile(other.dataDir, 'image', image.hash)
    expect(readFileSync(copy).equals(Buffer.from(image.bytes))).toBe(true)
    writeFileSync(copy, 'damaged here')
    expect(Buffer.from((await other.blobs.get('image', image.hash))!).equals(image.bytes)).toBe(true)

    await one.blobs.deleteImage(image.hash)
    expect(await one.blobs.get('image', image.hash)).toBeNull()
    await staged.confirm() // as another host does that stores it at the same time
    expect(await one.blobs.get('image', image.hash)).not.toBeNull()
  })

  test('copies take no more space than allowed, and go when their image is deleted elsewhere', async () => {
    const { blobs, dataDir } = host(5 * LARGE)
    const images = Array.from({ length: 12 }, (_, i) => storedImage(`image ${i} `, LARGE))
    await stageShared(store, images)
    for (const { hash } of images) expect(await blobs.get('image', hash)).toHaveLength(LARGE)
    expect(copiesIn(dataDir).length).toBeLessThanOrEqual(6)
    expect(copiesIn(dataDir).length).toBeGreaterThan(0)

    const [remaining, ...deleted] = copiesIn(dataDir)
    const long = new Date(Date.now() - 24 * 3_600_000)
    for (const file of [remaining!, ...deleted]) utimesSync(file, long, long)
    await blobs.sweepCopies(async (hashes) => new Set(hashes.filter((hash) => remaining!.endsWith(hash))))
    expect(copiesIn(dataDir)).toEqual([remaining])
  })

  test('a folder appears on another host as it was published last, and is deleted everywhere', async () => {
    const [one, other] = [host(), host()]
    const folder = (dataDir: string): string => path.join(dataDir, 'models', 'fruit', 'v1')
    mkdirSync(path.join(folder(one.dataDir), 'inner'), { recursive: true })
    writeFileSync(path.join(folder(one.dataDir), 'weights.bin'), 'first')
    writeFileSync(path.join(folder(one.dataDir), 'inner', 'card.json'), '{}')
    await one.folders.publish(folder(one.dataDir))
    writeFileSync(path.join(folder(one.dataDir), 'weights.bin'), 'second')
    await one.folders.publish(folder(one.dataDir))

    await other.folders.provide(folder(other.dataDir))
    expect(readFileSync(path.join(folder(other.dataDir), 'weights.bin'), 'utf8')).toBe('second')
    expect(readFileSync(path.join(folder(other.dataDir), 'inner', 'card.json'), 'utf8')).toBe('{}')
    expect((await keysOf(store, 'folders/models/fruit/v1/')).length).toBe(3) // two files and the index

    writeFileSync(path.join(folder(other.dataDir), 'weights.bin'), 'damaged')
    await other.folders.provide(folder(other.dataDir))
    expect(readFileSync(path.join(folder(other.dataDir), 'weights.bin'), 'utf8')).toBe('second')

    const third = host()
    await third.folders.provideAll(path.join(third.dataDir, 'models'))
    expect(readFileSync(path.join(folder(third.dataDir), 'weights.bin'), 'utf8')).toBe('second')

    await one.folders.discard(folder(one.dataDir))
    expect(await keysOf(store, 'folders/models/fruit/')).toEqual([])
    rmSync(folder(other.dataDir), { recursive: true })
    await other.folders.provide(folder(other.dataDir))
    expect(existsSync(folder(other.dataDir))).toBe(false)
  })

  test('the files of an installation are copied to the store, and the second time nothing is sent', async () => {
    const dataDir = folderForTest()
    const images = [storedImage('one', LARGE), storedImage('two', LARGE)]
    for (const { hash, bytes } of images) await blobsIn(dataDir, randomUUID).put('image', hash, bytes)
    const version = path.join(dataDir, 'models', 'leaves', 'v3')
    mkdirSync(version, { recursive: true })
    writeFileSync(path.join(version, 'manifest.json'), '{}')

    expect(await copyFilesToStore(dataDir, store, { id: randomUUID })).toEqual({
      images: 2,
      folders: 1,
      sent: 2,
    })
    expect(await copyFilesToStore(dataDir, store, { id: randomUUID })).toMatchObject({ images: 2, sent: 0 })

    const other = host()
    expect(await other.blobs.get('image', images[1]!.hash)).toHaveLength(LARGE)
    await other.folders.provide(path.join(other.dataDir, 'models', 'leaves', 'v3'))
    expect(existsSync(path.join(other.dataDir, 'models', 'leaves', 'v3', 'manifest.json'))).toBe(true)
  })

  test('while the store does not answer, nothing is half-stored and the error says so', async () => {
    const image = storedImage('during the outage', LARGE)
    swift.pause()
    try {
      await expect(stageShared(store, [image])).rejects.toMatchObject({
        code: 'not_ready',
        message: expect.stringContaining('the object store at http://127.0.0.1'),
      })
      await expect(host().blobs.requireReachable()).rejects.toMatchObject({ code: 'not_ready' })
    } finally {
      swift.goOn()
    }
    await host().blobs.requireReachable()
    await stageShared(store, [image])
    expect(await host().blobs.get('image', image.hash)).toHaveLength(LARGE)
  }, 60_000)
})

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.list(prefix)) keys.push(key)
  return keys
}

async function textOf(store: ObjectStore, key: string): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of (await store.get(key))!) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

function copiesIn(dataDir: string): readonly string[] {
  const folder = path.join(dataDir, 'pictures')
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((part) =>
    readdirSync(path.join(folder, part)).map((name) => path.join(folder, part, name)),
  )
}
