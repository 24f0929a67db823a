/**
 * The bytes of images, each stored once by its sha256: small ones in the database, others as files in
 * DATA_DIR/pictures. Never decoded here.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { blobNow, blobsIn, fileMissing, isFileFault, proven } from './blobs.ts'
import type { Blobs } from './blobs.ts'
import { connectForReading } from '../database/connection.ts'
import type { StoredImages } from '../data.ts'
import { stageImages } from './staged-images.ts'
import { imageReads } from '../sqlite/image-statements.ts'
import type { ImageReads } from '../statements.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'

/** Faults that are listed and looked at again at once; all are counted. */
const MOST_FAULTS = 100

/** Of one statement that deletes. */
const HASHES_AT_ONCE = 1_000

export const imagesOf = ({ prisma, statements, settings, blobs, id, now }: Store): StoredImages => {
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
      await files.cleanUpAfter(() => statements.images.insert(images, files))
    },
    bytesOf: (hash) => recordingFault(hash, () => bytesOf(statements.images, blobs, hash)),
    async piecesOf(hash) {
      if ((await statements.images.isInRow(hash)) !== false) return null
      return recordingFault(hash, async () => {
        const pieces = await blobs.pieces('image', hash)
        if (pieces === null) throw fileMissing(hash)
        return pieces
      })
    },
    noteFault: (hash, code) => noteFault(prisma, { hash, code, foundAt: now() }),
    async faults() {
      const { count, newest } = await statements.images.faults(MOST_FAULTS)
      return {
        count,
        newest: newest.map(({ code, ...fault }) => ({
          ...fault,
          code: code === 'file_missing' ? code : 'file_damaged',
        })),
      }
    },
    async recheckFaults() {
      if (!(await statements.pending.hasFileFaults())) return
      for (const { hash } of await prisma.fileFault.findMany({
        orderBy: { foundAt: 'asc' },
        take: MOST_FAULTS,
      })) {
        const isWhole = await bytesOf(statements.images, blobs, hash).then(
          (bytes) => bytes !== null,
          (error: unknown) => !isFileFault(error),
        )
        if (isWhole) await prisma.fileFault.deleteMany({ where: { hash } })
      }
    },
    find: (hash) => statements.images.facts(hash),
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
export function openImages(settings: ImageDatabase & { readonly dataDir: string }): {
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  readonly close: () => void
} {
  const { reads, close } = openReads(settings)
  const blobs = blobsIn(settings.dataDir, randomUUID)
  return { bytesOf: async (hash) => bytesOf(await reads(), blobs, hash), close }
}

type ImageDatabase = { readonly databaseFile: string; readonly databaseUrl?: string | undefined }

function openReads({ databaseFile, databaseUrl }: ImageDatabase): {
  readonly reads: () => Promise<ImageReads>
  readonly close: () => void
} {
  if (databaseUrl === undefined) {
    const { close, ...reading } = connectForReading(databaseFile)
    const images = imageReads(reading)
    return { reads: async () => images, close }
  }
  let opening: ReturnType<typeof openPostgresReads> | null = null
  return {
    reads: async () => (await (opening ??= openPostgresReads(databaseUrl))).images,
    close: () => void opening?.then(({ close }) => close()),
  }
}

async function openPostgresReads(url: string) {
  const { connectPostgres } = await import('../database/postgres/connection.ts')
  const { imageReads: readsOf } = await import('../postgres/image-statements.ts')
  const connection = connectPostgres(url)
  return { images: readsOf(connection), close: connection.close }
}

/**
 * Null if no row names it; changed or missing bytes are refused (`file_missing`, `file_damaged`), wherever
 * they are stored.
 */
async function bytesOf(images: ImageReads, blobs: Blobs, hash: string): Promise<Uint8Array | null> {
  const row = await images.bytes(hash)
  if (!row) return null
  const bytes = row.bytes ? proven(hash, row.bytes) : await blobs.get('image', hash)
  if (bytes === null) throw fileMissing(hash)
  return bytes
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

export const createImageFolder = (dataDir: string): void => {
  mkdirSync(path.join(dataDir, 'pictures'), { recursive: true })
}
