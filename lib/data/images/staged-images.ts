/** Where the bytes of new images go: small ones into their rows, others into files that are written before the
 *  transaction that makes the rows. The rows themselves are in ../sqlite/image-statements.ts. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { NewImage } from '../values.ts'
import { blobFile, blobNow } from './blobs.ts'

/** Up to here a row is faster to read than a file (https://www.sqlite.org/intern-v-extern-blob.html: below
 *  20–100 kB). */
const MOST_BYTES_IN_A_ROW = 32_768

/** Files that were written next to their place, and go there inside the transaction that makes their rows. */
export type StagedImages = {
  /** Returns the bytes that belong in the row; null where they are in a file. */
  readonly settle: (image: Pick<NewImage, 'hash' | 'bytes'>) => Uint8Array | null
  /** Runs `work`; whatever was not settled by then is removed. */
  readonly cleanUpAfter: <T>(work: () => Promise<T>) => Promise<T>
}

/** Images that are small enough for their row need no files. */
const NO_FILES: StagedImages = { settle: ({ bytes }) => bytes, cleanUpAfter: (work) => work() }

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
      if (bytes.length <= MOST_BYTES_IN_A_ROW) return bytes
      const file = waiting.get(hash)
      if (file !== undefined) blobNow.move(dataDir, file, 'image', hash)
      // swept since it was seen
      else if (!existsSync(fileOf(dataDir, hash))) blobNow.write(dataDir, 'image', hash, bytes)
      waiting.delete(hash)
      return null
    },
    cleanUpAfter: (work) => work().finally(drop),
  }
}

const fileOf = (dataDir: string, hash: string): string => blobFile(dataDir, 'image', hash)
