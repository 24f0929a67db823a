/**
 * Stored bytes by kind and key: one interface for images and thumbnails, today files under DATA_DIR. Not a
 * database: rows decide which blobs must exist; a missing or damaged blob is reported, never served.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DarkroomError } from '#lib/domain/errors.ts'

/** `sealed`: the key is the sha256 of the bytes. `derived`: can be made again from an image; its file begins
 *  with its own sha256. */
const KINDS = {
  image: { folder: 'pictures', proof: 'sealed', keys: /^[0-9a-f]{64}$/ },
  thumbnail: { folder: 'thumbnails', proof: 'derived', keys: /^[0-9a-f]{64}-[0-9]{1,4}$/ },
} as const

export type BlobKind = keyof typeof KINDS

export type Blobs = {
  /** Complete or not at all: written next to its place, then moved there. */
  readonly put: (kind: BlobKind, key: string, bytes: Uint8Array) => Promise<void>
  /** Null: there is none. A damaged derived blob counts as none and is removed; a damaged sealed one is
   *  `file_damaged`. */
  readonly get: (kind: BlobKind, key: string) => Promise<Uint8Array | null>
  /** The same for a sealed blob, without holding all of it in memory: read once to prove it, and once more in pieces
   *  of 64 kB when they are requested. */
  readonly pieces: (
    kind: BlobKind,
    key: string,
  ) => Promise<{ readonly sizeBytes: number; readonly bytes: AsyncIterable<Uint8Array> } | null>
  /** Whether it is in DATA_DIR. */
  readonly has: (kind: BlobKind, key: string) => boolean
  readonly delete: (kind: BlobKind, key: string) => Promise<void>
  /** All blobs of this kind made from the image with this hash: every size of its thumbnail. */
  readonly deleteOf: (kind: BlobKind, hash: string) => Promise<void>
  /** An image with everything that was made from it. */
  readonly deleteImage: (hash: string) => Promise<void>
  /** Throws `not_ready` while the object store of these blobs does not respond. */
  readonly requireReachable: () => Promise<void>
  /** Where hosts share an object store: removes copies and thumbnails of images that another host deleted. */
  readonly sweepCopies: (existing: ExistingHashes) => Promise<void>
}

/** Those of the hashes of which there is an image. */
export type ExistingHashes = (hashes: readonly string[]) => Promise<ReadonlySet<string>>

const DIGEST_BYTES = 32

export const blobsIn = (dataDir: string, id: () => string): Blobs => ({
  async put(kind, key, bytes) {
    const file = blobFile(dataDir, kind, key)
    const part = `${file}.${process.pid}-${id()}.part`
    await mkdir(path.dirname(file), { recursive: true })
    try {
      await writeFile(part, KINDS[kind].proof === 'derived' ? Buffer.concat([sha256(bytes), bytes]) : bytes)
      await rename(part, file)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  },
  async get(kind, key) {
    const file = blobFile(dataDir, kind, key)
    const content = await contentOf(file)
    if (content === null) return null
    if (KINDS[kind].proof === 'sealed') return proven(key, content)
    const bytes = content.subarray(DIGEST_BYTES)
    if (content.length > DIGEST_BYTES && sha256(bytes).equals(content.subarray(0, DIGEST_BYTES)))
      return new Uint8Array(bytes)
    await rm(file, { force: true })
    return null
  },
  async pieces(kind, key) {
    const file = blobFile(dataDir, kind, key)
    if (!(await isFile(file))) return null
    let sizeBytes = 0
    for await (const piece of provenPieces(file, key)) sizeBytes += piece.byteLength
    return { sizeBytes, bytes: provenPieces(file, key) }
  },
  has: (kind, key) => existsSync(blobFile(dataDir, kind, key)),
  delete: (kind, key) => rm(blobFile(dataDir, kind, key), { force: true }),
  async deleteOf(kind, hash) {
    const folder = path.dirname(blobFile(dataDir, kind, kind === 'image' ? hash : `${hash}-1`))
    const names = await readdir(folder).catch(() => [])
    await Promise.all(
      names
        .filter((name) => name.startsWith(hash))
        .map((name) => rm(path.join(folder, name), { force: true })),
    )
  },
  deleteImage: async (hash) => blobNow.removeImage(dataDir, hash),
  requireReachable: async () => {},
  sweepCopies: async () => {},
})

/** For code inside a transaction, which may not wait: moves a finished file to its place, writes it there, or
 *  removes it. */
export const blobNow = {
  move: (dataDir: string, from: string, kind: BlobKind, key: string): void =>
    renameSync(from, blobFile(dataDir, kind, key)),
  write: (dataDir: string, kind: BlobKind, key: string, bytes: Uint8Array): void =>
    writeFileSync(blobFile(dataDir, kind, key), bytes),
  /** An image with everything that was made from it. */
  removeImage: (dataDir: string, hash: string): void => {
    const thumbnails = path.dirname(blobFile(dataDir, 'thumbnail', `${hash}-1`))
    const made = existsSync(thumbnails) ? readdirSync(thumbnails).filter((name) => name.startsWith(hash)) : []
    for (const file of [blobFile(dataDir, 'image', hash), ...made.map((name) => path.join(thumbnails, name))])
      rmSync(file, { force: true })
  },
}

/** The folder of DATA_DIR with the blobs of this kind. */
export const blobFolder = (kind: BlobKind): string => KINDS[kind].folder

/** Where a blob lies. */
export function blobFile(dataDir: string, kind: BlobKind, key: string): string {
  const { folder, keys } = KINDS[kind]
  if (!keys.test(key))
    throw new Error(`"${key.slice(0, 100)}" is not the key of a blob of the kind "${kind}".`)
  return path.join(dataDir, folder, key.slice(0, 2), key)
}

/** The bytes, if their sha256 is the key; else `file_damaged`. */
export function proven(hash: string, bytes: Uint8Array): Uint8Array {
  if (sha256(bytes).toString('hex') === hash)
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  throw damaged(hash, bytes.length)
}

const damaged = (hash: string, sizeBytes: number): DarkroomError =>
  new DarkroomError(
    'file_damaged',
    {
      what: 'This image cannot be used',
      why:
        `its stored file (${hash.slice(0, 12)}…) has changed since it was uploaded: ` +
        `${sizeBytes.toLocaleString('en')} bytes with another sha256`,
      remedy: 'Restore it from a backup, or delete the image and upload it again.',
    },
    { members: { hash } },
  )

export const fileMissing = (hash: string): DarkroomError =>
  new DarkroomError(
    'file_missing',
    {
      what: 'This image cannot be used',
      why: `its stored file (${hash.slice(0, 12)}…) is missing from DATA_DIR`,
      remedy: 'Restore it from a backup, or delete the image and upload it again.',
    },
    { members: { hash } },
  )

/** Whether the error concerns this one file only. */
export const isFileFault = (error: unknown): error is DarkroomError =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'file_missing' || error.code === 'file_damaged')

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** Null: there is no file. */
const contentOf = async (file: string): Promise<Buffer | null> =>
  (await isFile(file)) ? readFile(file).catch(nullIfAbsent) : null

/** A pipe or a device is none, and reading it may never end. */
async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(nullIfAbsent))?.isFile() ?? false
}

/** The file is opened when the first piece is requested. The last one comes only if all of them are as expected. */
async function* provenPieces(file: string, expectedHash: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  let last: Uint8Array | null = null
  for await (const piece of createReadStream(file)) {
    if (last !== null) yield last
    hash.update(piece)
    sizeBytes += piece.byteLength
    last = piece
  }
  if (hash.digest('hex') !== expectedHash) throw damaged(expectedHash, sizeBytes)
  if (last !== null) yield last
}

function nullIfAbsent(error: unknown): null {
  if (isAbsent(error)) return null
  throw error
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP')
