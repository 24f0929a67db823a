/**
 * The bytes of images, each stored once by its sha256: small ones in the database, others as files in
 * DATA_DIR/pictures. Never decoded here.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { blobsIn, fileMissing, isFileFault, proven } from './blobs.ts'
import type { Blobs } from './blobs.ts'
import { connectForReading } from '../database/connection.ts'
import type { StoredImages } from '../data.ts'
import { removePendingFiles } from './image-removals.ts'
import { sharedBlobs } from './shared-blobs.ts'
import type { ObjectStoreSettings } from '../objects/object-store.ts'
import { openObjectStore } from '../objects/open-object-store.ts'
import { imageReads } from '../sqlite/image-statements.ts'
import type { ImageReads } from '../statements.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'

/** Faults that are listed and looked at again at once; all are counted. */
const MOST_FAULTS = 100

export const imagesOf = (store: Store): StoredImages => {
  const { prisma, statements, blobs, now } = store
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
      const files = await store.stage(images)
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
    sweepCopies: () =>
      blobs.sweepCopies(async (hashes) => {
        const rows = await prisma.image.findMany({
          where: { hash: { in: [...hashes] } },
          select: { hash: true },
        })
        return new Set(rows.map(({ hash }) => hash))
      }),
    removePendingFiles: () => removePendingFiles(store),
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
export function openImages({ dataDir, objects, now, ...database }: ImageSources): {
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  readonly close: () => void
} {
  const { reads, close } = openReads(database)
  const local = blobsIn(dataDir, randomUUID)
  let opening: Promise<{ readonly blobs: Blobs; readonly close: () => void }> | null = null
  const opened = async () => {
    if (objects === undefined) return { blobs: local, close: () => {} }
    const store = await openObjectStore(objects)
    return {
      blobs: sharedBlobs(local, store, { dataDir, cacheBytes: objects.cacheBytes, now }),
      close: store.close,
    }
  }
  return {
    bytesOf: async (hash) => bytesOf(await reads(), (await (opening ??= opened())).blobs, hash),
    close: () => {
      close()
      void opening?.then((store) => store.close())
    },
  }
}

type ImageSources = ImageDatabase & {
  readonly dataDir: string
  readonly objects?: ObjectStoreSettings | undefined
  readonly now: () => Date
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

export const createImageFolder = (dataDir: string): void => {
  mkdirSync(path.join(dataDir, 'pictures'), { recursive: true })
}
