/** The bytes of new images: small ones go into their rows, others into files that are written before the transaction
 *  that makes the rows. The rows themselves are in ../sqlite/image-statements.ts. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { NewImage } from '../values.ts'
import { blobFile, blobNow } from './blobs.ts'

/** Up to here a row is faster to read than a file (https://www.sqlite.org/intern-v-extern-blob.html: below
 *  20–100 kB). */
const MOST_BYTES_IN_A_ROW = 32_768

export const inRow = (bytes: Uint8Array): boolean => bytes.length <= MOST_BYTES_IN_A_ROW

/** Files that were written next to their place, and go there inside the transaction that makes their rows. */
export type StagedImages = {
  /** False: all of them fit into their rows. */
  readonly hasFiles: boolean
  /** Returns the bytes that belong in the row; null where they are in a file. */
  readonly settle: (image: Pick<NewImage, 'hash' | 'bytes'>) => Uint8Array | null
  /** In a transaction that may wait, before `settle`: what was removed since it was staged is stored again. */
  readonly confirm: () => Promise<void>
  /** Runs `work`; whatever was not settled by then is removed. */
  readonly cleanUpAfter: <T>(work: () => Promise<T>) => Promise<T>
}

/** Images that are small enough for their row need no files. */
export const NO_FILES: StagedImages = {
  hasFiles: false,
  settle: ({ bytes }) => bytes,
  confirm: async () => {},
  cleanUpAfter: (work) => work(),
}

export async function stagedFiles(
  dataDir: string,
  images: readonly Pick<NewImage, 'hash' | 'bytes'>[],
  id: () => string,
): Promise<StagedImages> {
  const waiting = new Map<string, string>()
  const drop = (): Promise<unknown> =>
    Promise.all([...waiting.values()].map((file) => rm(file, { force: true })))
  try {
    for (const { hash, bytes } of images) {
      if (inRow(bytes) || waiting.has(hash) || existsSync(fileOf(dataDir, hash))) continue
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
    hasFiles: true,
    settle({ hash, bytes }) {
      if (inRow(bytes)) return bytes
      const file = waiting.get(hash)
      if (file !== undefined) blobNow.move(dataDir, file, 'image', hash)
      // swept since it was seen
      else if (!existsSync(fileOf(dataDir, hash))) blobNow.write(dataDir, 'image', hash, bytes)
      waiting.delete(hash)
      return null
    },
    confirm: async () => {}, // `settle` does it
    cleanUpAfter: (work) => work().finally(drop),
  }
}

const fileOf = (dataDir: string, hash: string): string => blobFile(dataDir, 'image', hash)
