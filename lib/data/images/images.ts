/**
 * The bytes of images, each stored once by its sha256: small ones in the database, others as files in
 * DATA_DIR/pictures. Never decoded here.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import { blobFile, blobNow, blobsIn, fileMissing, isFileFault, proven } from './blobs.ts'
import type { Blobs } from './blobs.ts'
import { connectForReading } from '../database/connection.ts'
import type { Connection, TransactionScope } from '../database/connection.ts'
import { pendingWorkOf } from '../database/pending-work.ts'
import type { StoredImages } from '../data.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { NewImage } from '../values.ts'

/** Up to here a row is faster to read than a file (https://www.sqlite.org/intern-v-extern-blob.html: below
 *  20–100 kB). */
const MOST_BYTES_IN_A_ROW = 32_768

/** Faults that are listed and looked at again at once; all are counted. */
const MOST_FAULTS = 100

/** An anonymous client's image that is sent again counts as used; recording that once a day is enough. */
const USED_EVERY_MS = 86_400_000
const INSERT = `INSERT INTO "Picture" ("hash", "sizeBytes", "width", "height", "mediaType", "bytes",
    "isAnonymous", "usedAt")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET "isAnonymous" = excluded."isAnonymous", "usedAt" = excluded."usedAt"
  WHERE "isAnonymous" AND (NOT excluded."isAnonymous" OR excluded."usedAt" - "usedAt" >= ${USED_EVERY_MS})`
/** Of one statement that deletes. */
const HASHES_AT_ONCE = 1_000

export const imagesOf = ({ connection, prisma, settings, blobs, id, now }: Store): StoredImages => {
  async function recordingFault<T>(hash: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isFileFault(error)) await noteFault(prisma, { hash, code: error.code, foundAt: now() })
      throw error
    }
  }

  return {
    async keep(images) {
      const files = await stageImages(settings.dataDir, images, id)
      await files.cleanUpAfter(() =>
        connection.write((writing) => images.forEach((image) => insertImage(writing, image, files))),
      )
    },
    bytesOf: (hash) => recordingFault(hash, () => bytesOf(connection, blobs, hash)),
    async piecesOf(hash) {
      const row = connection.one<{ isInRow: 0 | 1 }>(
        'SELECT "bytes" IS NOT NULL AS "isInRow" FROM "Picture" WHERE "hash" = ?',
        hash,
      )
      if (!row || row.isInRow === 1) return null
      return recordingFault(hash, async () => {
        const pieces = await blobs.pieces('image', hash)
        if (pieces === null) throw fileMissing(hash)
        return pieces
      })
    },
    noteFault: (hash, code) => noteFault(prisma, { hash, code, foundAt: now() }),
    async faults() {
      const rows = connection.all<{ hash: string; code: string; foundAt: number; count: number }>(
        `SELECT *, COUNT(*) OVER () AS "count" FROM "FileFault" ORDER BY "foundAt" DESC LIMIT ${MOST_FAULTS}`,
      )
      return {
        count: rows[0]?.count ?? 0,
        newest: rows.map(({ hash, code, foundAt }) => ({
          hash,
          code: code === 'file_missing' ? code : 'file_damaged',
          foundAt: new Date(foundAt),
        })),
      }
    },
    async recheckFaults() {
      if (!pendingWorkOf(connection).hasFileFaults()) return
      for (const { hash } of await prisma.fileFault.findMany({
        orderBy: { foundAt: 'asc' },
        take: MOST_FAULTS,
      })) {
        const isWhole = await bytesOf(connection, blobs, hash).then(
          (bytes) => bytes !== null,
          (error: unknown) => !isFileFault(error),
        )
        if (isWhole) await prisma.fileFault.deleteMany({ where: { hash } })
      }
    },
    async find(hash) {
      return (
        connection.one<{ hash: string; width: number; height: number; sizeBytes: number; mediaType: string }>(
          'SELECT "hash", "width", "height", "sizeBytes", "mediaType" FROM "Picture" WHERE "hash" = ?',
          hash,
        ) ?? null
      )
    },
  }
}

/** An image that was deleted meanwhile has no fault. */
async function noteFault(
  prisma: Store['prisma'],
  fault: { readonly hash: string; readonly code: string; readonly foundAt: Date },
): Promise<void> {
  const exists = await prisma.image.findUnique({ where: { hash: fault.hash }, select: { hash: true } })
  if (exists)
    await prisma.fileFault.upsert({
      where: { hash: fault.hash },
      create: fault,
      update: { code: fault.code },
    })
}

/** A light way to the bytes for a process that does nothing else with the data, such as a training child. */
export function openImages(settings: { readonly databaseFile: string; readonly dataDir: string }): {
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  readonly close: () => void
} {
  const reading = connectForReading(settings.databaseFile)
  const blobs = blobsIn(settings.dataDir, randomUUID)
  return { bytesOf: (hash) => bytesOf(reading, blobs, hash), close: reading.close }
}

/**
 * Null if no row names it; changed or missing bytes are refused (`file_missing`, `file_damaged`), wherever
 * they are stored.
 */
async function bytesOf(
  connection: Pick<Connection, 'one'>,
  blobs: Blobs,
  hash: string,
): Promise<Uint8Array | null> {
  const row = connection.one<{ bytes: Uint8Array | null }>(
    'SELECT "bytes" FROM "Picture" WHERE "hash" = ?',
    hash,
  )
  if (!row) return null
  const bytes = row.bytes ? proven(hash, row.bytes) : await blobs.get('image', hash)
  if (bytes === null) throw fileMissing(hash)
  return bytes
}

/** Files that were written next to their place, and go there inside the transaction that makes their rows. */
export type StagedImages = {
  readonly settle: (image: Pick<NewImage, 'hash' | 'bytes'>) => void
  /** Runs `work`; whatever was not settled by then is removed. */
  readonly cleanUpAfter: <T>(work: () => Promise<T>) => Promise<T>
}

/** Images that are small enough for their row need no files. */
const NO_FILES: StagedImages = { settle() {}, cleanUpAfter: (work) => work() }

export const stageImages = (
  dataDir: string,
  images: readonly Pick<NewImage, 'hash' | 'bytes'>[],
  id: () => string,
): MaybePromise<StagedImages> =>
  images.every(({ bytes }) => bytes.length <= MOST_BYTES_IN_A_ROW) ? NO_FILES : staged(dataDir, images, id)

async function staged(
  dataDir: string,
  images: readonly Pick<NewImage, 'hash' | 'bytes'>[],
  id: () => string,
): Promise<StagedImages> {
  const waiting = new Map<string, string>()
  const drop = (): Promise<unknown> =>
    Promise.all([...waiting.values()].map((file) => rm(file, { force: true })))
  try {
    for (const { hash, bytes } of images) {
      if (bytes.length <= MOST_BYTES_IN_A_ROW || waiting.has(hash) || existsSync(fileOf(dataDir, hash)))
        continue
      const file = `${fileOf(dataDir, hash)}.${process.pid}-${id()}.part`
      waiting.set(hash, file)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, bytes)
    }
  } catch (error) {
    await drop()
    throw error
  }
  return {
    settle({ hash, bytes }) {
      const file = waiting.get(hash)
      if (file !== undefined) blobNow.move(dataDir, file, 'image', hash)
      else if (bytes.length > MOST_BYTES_IN_A_ROW && !existsSync(fileOf(dataDir, hash)))
        blobNow.write(dataDir, 'image', hash, bytes) // swept since it was seen
      waiting.delete(hash)
    },
    cleanUpAfter: (work) => work().finally(drop),
  }
}

/**
 * `anonymousAt`: set when an anonymous prediction stores it; an image that a user stores too counts
 * as theirs.
 */
export function insertImage(
  writing: TransactionScope,
  { hash, bytes, width, height, mediaType }: NewImage,
  files: StagedImages,
  anonymousAt?: Date,
): void {
  files.settle({ hash, bytes })
  writing.run(
    INSERT,
    hash,
    bytes.length,
    width,
    height,
    mediaType,
    bytes.length <= MOST_BYTES_IN_A_ROW ? bytes : null,
    anonymousAt !== undefined,
    anonymousAt ?? 0,
  )
}

/** For a prediction's image that becomes a sample. */
export async function keepForSample(tx: Transaction, hash: string): Promise<void> {
  await tx.image.updateMany({ where: { hash, isAnonymous: true }, data: { isAnonymous: false } })
}

/** Removes those of the images that neither a sample nor a prediction needs. */
export async function removeUnusedImages(
  tx: Transaction,
  dataDir: string,
  hashes: readonly string[],
): Promise<void> {
  for (let from = 0; from < hashes.length; from += HASHES_AT_ONCE) {
    const unused = await tx.image.findMany({
      where: {
        hash: { in: hashes.slice(from, from + HASHES_AT_ONCE) },
        samples: { none: {} },
        predictions: { none: {} },
      },
      select: { hash: true },
    })
    await removeImages(
      tx,
      dataDir,
      unused.map(({ hash }) => hash),
    )
  }
}

export async function removeImages(
  tx: Transaction,
  dataDir: string,
  hashes: readonly string[],
): Promise<void> {
  await tx.image.deleteMany({ where: { hash: { in: [...hashes] } } })
  // while the lock is held: no other process relies on these files
  for (const hash of hashes) blobNow.removeImage(dataDir, hash)
}

const fileOf = (dataDir: string, hash: string): string => blobFile(dataDir, 'image', hash)

export const createImageFolder = (dataDir: string): void => {
  mkdirSync(path.join(dataDir, 'pictures'), { recursive: true })
}
