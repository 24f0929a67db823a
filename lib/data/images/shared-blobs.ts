/**
 * Images in an object store that hosts share, with copies in DATA_DIR of those that were read here. Thumbnails are not
 * shared: each host makes its own. A copy goes when the image is deleted on this host, when other copies need its
 * space, or with the sweep, which removes those of images that another host deleted.
 */
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { ObjectStore } from '../objects/object-store.ts'
import type { NewImage } from '../values.ts'
import { blobFolder, isFileFault, proven, type Blobs } from './blobs.ts'
import { inRow, type StagedImages } from './staged-images.ts'

const AT_ONCE = 8
/** A copy that is read again is marked as used, at most so often. */
const USED_EVERY_MS = 3_600_000
/** Copies are removed until so much of the limit is free. */
const FREED_SHARE = 0.25
/** A copy may be that of an image whose row is about to be committed. */
const YOUNG_MS = 3_600_000
const HASHES_AT_ONCE = 500
const HASH_LENGTH = 64

export const imageKey = (hash: string): string => `images/${hash.slice(0, 2)}/${hash}`

export function sharedBlobs(
  local: Blobs,
  store: ObjectStore,
  {
    dataDir,
    cacheBytes,
    now,
  }: { readonly dataDir: string; readonly cacheBytes: number; readonly now: () => Date },
): Blobs {
  let written = cacheBytes // since the copies were counted; a new process does not know how many there are
  const folderOf = (kind: 'image' | 'thumbnail'): string => path.join(dataDir, blobFolder(kind))

  async function copied(hash: string): Promise<Uint8Array | null> {
    const content = await store.get(imageKey(hash))
    if (content === null) return null
    const pieces: Uint8Array[] = []
    for await (const piece of content) pieces.push(piece)
    const bytes = proven(hash, Buffer.concat(pieces))
    if (bytes.length > cacheBytes) return bytes
    await local.put('image', hash, bytes).catch(() => {}) // a full disk: it is read from the store each time
    written += bytes.length
    if (written > cacheBytes * FREED_SHARE) {
      written = 0
      await makeSpace(folderOf('image'), cacheBytes)
    }
    return bytes
  }

  async function copyOf(hash: string): Promise<Uint8Array | null> {
    const bytes = await local.get('image', hash).catch(async (error: unknown) => {
      if (!isFileFault(error)) throw error
      await local.delete('image', hash) // damaged here: the store has it
      return null
    })
    if (bytes !== null) await markUsed(path.join(folderOf('image'), hash.slice(0, 2), hash), now())
    return bytes
  }

  return {
    ...local,
    async put(kind, key, bytes) {
      if (kind === 'image') await store.put(imageKey(key), bytes)
      else await local.put(kind, key, bytes)
    },
    get: async (kind, key) =>
      kind === 'image' ? ((await copyOf(key)) ?? (await copied(key))) : local.get(kind, key),
    async pieces(kind, key) {
      if (kind !== 'image') return local.pieces(kind, key)
      const copy = await local.pieces(kind, key).catch(() => null)
      if (copy !== null) return copy
      const bytes = await copied(key)
      return bytes && { sizeBytes: bytes.length, bytes: piecesOf(bytes) }
    },
    async delete(kind, key) {
      if (kind === 'image') await store.remove([imageKey(key)])
      await local.delete(kind, key)
    },
    async deleteImage(hash) {
      await store.remove([imageKey(hash)])
      await local.deleteImage(hash)
    },
    requireReachable: async () => void (await store.has('images/of-no-image')),
    async sweepCopies(existing) {
      for (const kind of ['image', 'thumbnail'] as const) {
        const files = (await filesBelow(folderOf(kind))).filter(
          ({ modified }) => now().getTime() - modified > YOUNG_MS,
        )
        for (let from = 0; from < files.length; from += HASHES_AT_ONCE) {
          const some = files.slice(from, from + HASHES_AT_ONCE)
          const hashes = await existing([...new Set(some.map(({ file }) => hashOf(file)))])
          for (const { file } of some) if (!hashes.has(hashOf(file))) await rm(file, { force: true })
        }
      }
    },
  }
}

/** New images go to the store before the transaction that makes their rows. Inside it, while nothing is removed, what
 *  another host has removed meanwhile is stored again. */
export async function stageShared(
  store: ObjectStore,
  images: readonly Pick<NewImage, 'hash' | 'bytes'>[],
): Promise<StagedImages> {
  const large = [
    ...new Map(images.filter(({ bytes }) => !inRow(bytes)).map((one) => [one.hash, one])).values(),
  ]
  const storeMissing = async (): Promise<void> => {
    for (let from = 0; from < large.length; from += AT_ONCE)
      await Promise.all(
        large.slice(from, from + AT_ONCE).map(async ({ hash, bytes }) => {
          if (!(await store.has(imageKey(hash)))) await store.put(imageKey(hash), bytes)
        }),
      )
  }
  await storeMissing()
  return {
    hasFiles: true,
    settle: ({ bytes }) => (inRow(bytes) ? bytes : null),
    confirm: storeMissing,
    cleanUpAfter: (work) => work(),
  }
}

type StoredFile = { readonly file: string; readonly bytes: number; readonly modified: number }

/** The least recently used go first. */
async function makeSpace(folder: string, limitBytes: number): Promise<void> {
  const files = await filesBelow(folder)
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total <= limitBytes) return
  for (const { file, bytes } of files.toSorted((a, b) => a.modified - b.modified)) {
    if (total <= limitBytes * (1 - FREED_SHARE)) return
    await rm(file, { force: true })
    total -= bytes
  }
}

/** Finished files: one that is being written has another name. */
async function filesBelow(folder: string): Promise<readonly StoredFile[]> {
  const files: StoredFile[] = []
  for (const part of await readdir(folder).catch(() => []))
    for (const name of await readdir(path.join(folder, part)).catch(() => [])) {
      const file = path.join(folder, part, name)
      const facts = name.endsWith('.part') ? null : await stat(file).catch(() => null)
      if (facts?.isFile()) files.push({ file, bytes: facts.size, modified: facts.mtimeMs })
    }
  return files
}

const hashOf = (file: string): string => path.basename(file).slice(0, HASH_LENGTH)

async function markUsed(file: string, now: Date): Promise<void> {
  const facts = await stat(file).catch(() => null)
  if (facts !== null && now.getTime() - facts.mtimeMs > USED_EVERY_MS)
    await utimes(file, now, now).catch(() => {})
}

const PIECE_BYTES = 65_536

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES)
}
