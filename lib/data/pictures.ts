/** The bytes of pictures, once each by their sha256: small ones in the database, others as files in DATA_DIR/pictures. Never decoded here. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { connectForReading } from './connection.ts'
import type { Connection, Transacting } from './connection.ts'
import type { Pictures } from './data.ts'
import type { Store } from './store.ts'
import type { NewPicture } from './values.ts'

/** Up to here a row is faster to read than a file (https://www.sqlite.org/intern-v-extern-blob.html: below 20–100 kB). */
const MOST_BYTES_IN_A_ROW = 32_768

const INSERT = 'INSERT INTO "Picture" ("hash", "sizeBytes", "width", "height", "mediaType", "bytes") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'
const UNUSED = 'NOT EXISTS (SELECT 1 FROM "Sample" WHERE "hash" = "Picture"."hash") AND NOT EXISTS (SELECT 1 FROM "Prediction" WHERE "pictureHash" = "Picture"."hash")'

export const picturesOf = ({ connection, settings, id }: Store): Pictures => ({
  async keep(pictures) {
    const files = await layDown(settings.dataDir, pictures, id)
    await files.whileKept(() => connection.write((writing) => pictures.forEach((picture) => insertPicture(writing, picture, files))))
  },
  bytesOf: (hash) => bytesOf(connection, settings.dataDir, hash),
  async find(hash) {
    return connection.one<{ hash: string; width: number; height: number; sizeBytes: number; mediaType: string }>('SELECT "hash", "width", "height", "sizeBytes", "mediaType" FROM "Picture" WHERE "hash" = ?', hash) ?? null
  },
})

/** A light way to the bytes for a process that does nothing else with the data, such as a training child. */
export function openPictures(settings: { readonly databaseFile: string; readonly dataDir: string }): { readonly bytesOf: (hash: string) => Promise<Uint8Array | null>; readonly close: () => void } {
  const reading = connectForReading(settings.databaseFile)
  return { bytesOf: (hash) => bytesOf(reading, settings.dataDir, hash), close: reading.close }
}

async function bytesOf(connection: Pick<Connection, 'one'>, dataDir: string, hash: string): Promise<Uint8Array | null> {
  const row = connection.one<{ bytes: Uint8Array | null }>('SELECT "bytes" FROM "Picture" WHERE "hash" = ?', hash)
  if (!row) return null
  return row.bytes ?? new Uint8Array(await readFile(fileOf(dataDir, hash)))
}

/** Files that were written beside their place, and go there inside the transaction that makes their rows. */
export type LaidDown = {
  readonly settle: (picture: Pick<NewPicture, 'hash' | 'bytes'>) => void
  /** Runs `work`; whatever was not settled by then is removed. */
  readonly whileKept: <T>(work: () => Promise<T>) => Promise<T>
}

export async function layDown(dataDir: string, pictures: readonly Pick<NewPicture, 'hash' | 'bytes'>[], id: () => string): Promise<LaidDown> {
  const waiting = new Map<string, string>()
  const drop = (): Promise<unknown> => Promise.all([...waiting.values()].map((file) => rm(file, { force: true })))
  try {
    for (const { hash, bytes } of pictures) {
      if (bytes.length <= MOST_BYTES_IN_A_ROW || waiting.has(hash) || existsSync(fileOf(dataDir, hash))) continue
      const file = `${fileOf(dataDir, hash)}.${id()}.part`
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
      if (file !== undefined) renameSync(file, fileOf(dataDir, hash))
      else if (bytes.length > MOST_BYTES_IN_A_ROW && !existsSync(fileOf(dataDir, hash))) writeFileSync(fileOf(dataDir, hash), bytes) // swept since it was seen
      waiting.delete(hash)
    },
    whileKept: (work) => work().finally(drop),
  }
}

export function insertPicture(writing: Transacting, { hash, bytes, width, height, mediaType }: NewPicture, files: LaidDown): void {
  files.settle({ hash, bytes })
  writing.run(INSERT, hash, bytes.length, width, height, mediaType, bytes.length <= MOST_BYTES_IN_A_ROW ? bytes : null)
}

/** Removes pictures that nothing needs any more; all that there are, or those of the given hashes. */
export function sweepPictures(writing: Transacting, dataDir: string, hashes?: readonly string[]): void {
  const RETURNING = 'RETURNING "hash", "bytes" IS NULL AS "isFile"'
  const gone = hashes
    ? hashes.flatMap((hash) => writing.all<{ hash: string; isFile: number }>(`DELETE FROM "Picture" WHERE "hash" = ? AND ${UNUSED} ${RETURNING}`, hash))
    : writing.all<{ hash: string; isFile: number }>(`DELETE FROM "Picture" WHERE ${UNUSED} ${RETURNING}`)
  for (const { hash, isFile } of gone) if (isFile) rmSync(fileOf(dataDir, hash), { force: true })
}

function fileOf(dataDir: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`"${hash}" is not the sha256 of a picture.`)
  return path.join(dataDir, 'pictures', hash.slice(0, 2), hash)
}

export const preparePictures = (dataDir: string): void => { mkdirSync(path.join(dataDir, 'pictures'), { recursive: true }) }
