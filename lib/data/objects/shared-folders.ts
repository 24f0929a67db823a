/**
 * Folders of DATA_DIR that other hosts need, such as versions and the files of jobs, in the object store. An index
 * that is written last names the files of a folder with their SHA-256; the files have these as keys. So a reader sees
 * one state of a folder, and only what changed is sent. Where hosts have no object store, nothing is copied.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sharedFolderIndex, type SharedFolderIndex } from '#lib/contracts/stored-json.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { ObjectStore } from './object-store.ts'

export type SharedFolders = {
  /** Copies a folder of DATA_DIR to the store, as it is now. */
  readonly publish: (folder: string) => Promise<void>
  /** Makes a folder of DATA_DIR what was published last; leaves it as it is where nothing was, and files in it that
   *  were not published. */
  readonly provide: (folder: string) => Promise<void>
  /** Provides every published folder below this one that is not here. */
  readonly provideAll: (folder: string) => Promise<void>
  /** Deletes a folder of DATA_DIR, and what was published of it. */
  readonly discard: (folder: string) => Promise<void>
}

const discardHere = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

export const NO_SHARED_FOLDERS: SharedFolders = {
  publish: async () => {},
  provide: async () => {},
  provideAll: async () => {},
  discard: discardHere,
}

/** Files that are being written. */
const INCOMPLETE = /\.(part|making)$/

export const sharedFolders = (dataDir: string, store: ObjectStore, id: () => string): SharedFolders => {
  /** Null: not in DATA_DIR, such as a shipped version, which every host has. */
  const keyOf = (folder: string): string | null => {
    const relative = path.relative(dataDir, folder).replaceAll(path.sep, '/')
    return relative === '' || relative.startsWith('..') ? null : `folders/${relative}`
  }
  const indexOf = async (key: string): Promise<SharedFolderIndex | null> => {
    const content = await store.get(`${key}/index.json`)
    return content && sharedFolderIndex.parse(JSON.parse((await bytesOf(content)).toString('utf8')))
  }
  const fileKey = (key: string, sha256: string): string => `${key}/files/${sha256}`

  async function fetchInto(file: string, key: string, sha256: string): Promise<void> {
    const content = await store.get(fileKey(key, sha256))
    if (content === null) throw incomplete(file, 'it is missing from the object store')
    const part = `${file}.${process.pid}-${id()}.part`
    await mkdir(path.dirname(file), { recursive: true })
    try {
      const hash = createHash('sha256')
      await pipeline(
        content,
        async function* (pieces) {
          for await (const piece of pieces) {
            hash.update(piece)
            yield piece
          }
        },
        createWriteStream(part, { mode: 0o600 }),
      )
      if (hash.digest('hex') !== sha256) throw incomplete(file, 'the object store has other bytes')
      await rename(part, file)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  }

  async function provide(folder: string): Promise<void> {
    const key = keyOf(folder)
    const index = key && (await indexOf(key))
    if (!key || !index) return
    const isNew = (await stat(folder).catch(() => null)) === null
    // A folder that appears here is complete.
    const into = isNew ? `${folder}.${process.pid}-${id()}.part` : folder
    try {
      await mkdir(into, { recursive: true })
      for (const { name, sha256, bytes } of index.files) {
        const file = path.join(into, name)
        const facts = await stat(file).catch(() => null)
        if (facts?.size !== bytes || (await hashOf(file)) !== sha256) await fetchInto(file, key, sha256)
      }
      if (isNew) await rename(into, folder)
    } catch (error) {
      if (!isNew) throw error
      await rm(into, { recursive: true, force: true })
      if ((await stat(folder).catch(() => null)) === null) throw error // else another process was quicker
    }
  }

  return {
    async publish(folder) {
      const key = keyOf(folder)
      if (key === null) return
      const before = new Set((await indexOf(key))?.files.map(({ sha256 }) => sha256))
      const files: SharedFolderIndex['files'][number][] = []
      for (const name of await namesIn(folder)) {
        const file = path.join(folder, name)
        const frozen = `${file}.${process.pid}-${id()}.part` // the file may be replaced meanwhile
        await link(file, frozen)
        try {
          const sha256 = await hashOf(frozen)
          const { size: bytes } = await stat(frozen)
          if (!before.has(sha256)) await store.put(fileKey(key, sha256), { file: frozen, sizeBytes: bytes })
          files.push({ name, sha256, bytes })
        } finally {
          await rm(frozen, { force: true })
        }
      }
      const index: SharedFolderIndex = { format: 1, files }
      await store.put(`${key}/index.json`, Buffer.from(JSON.stringify(index)))
      const needed = new Set(files.map(({ sha256 }) => sha256))
      await store.remove(
        [...before].filter((sha256) => !needed.has(sha256)).map((sha256) => fileKey(key, sha256)),
      )
    },
    provide,
    async provideAll(folder) {
      const key = keyOf(folder)
      if (key === null) return
      for await (const one of store.list(`${key}/`)) {
        const published = /^(.+)\/index\.json$/.exec(one.slice(key.length + 1))?.[1]
        if (published !== undefined && !existsSync(path.join(folder, published)))
          await provide(path.join(folder, published))
      }
    },
    async discard(folder) {
      await discardHere(folder)
      const key = keyOf(folder)
      if (key === null) return
      const keys: string[] = []
      for await (const one of store.list(`${key}/`)) keys.push(one)
      // The index goes first: without it the folder does not exist.
      await store.remove([`${key}/index.json`])
      await store.remove(keys)
    },
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !INCOMPLETE.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .toSorted()
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

const incomplete = (file: string, why: string): DarkroomError =>
  new DarkroomError('file_missing', {
    what: `The file ${path.basename(file)} cannot be used`,
    why,
    remedy: 'Restore it from a backup of the object store.',
  })
