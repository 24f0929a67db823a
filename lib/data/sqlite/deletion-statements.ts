/**
 * Statements of permanent deletion, most of them in a transaction of Prisma. A classifier may have 100,000 images:
 * Prisma splits a list of so many hashes into several statements of thousands of parameters; here a list of any length
 * is one parameter. Prisma has no function for VACUUM.
 */
import { open } from 'node:fs/promises'
import type { Connection } from '../database/connection.ts'
import { prismaSql } from '../database/prisma.ts'
import type { Prisma } from '../generated/client.ts'
import type { DeletionStatements, RawReader, RawTransaction } from '../transaction-statements.ts'

/** Images whose bytes are looked for in the database file afterwards; SQLite may leave a copy of a moved row
 *  in the gap of a page. */
const MOST_NEEDLES = 20
const NEEDLE_BYTES = 48
const CHUNK_BYTES = 4 * 2 ** 20

type DeletionConnection = Pick<Connection, 'all' | 'alone' | 'writer' | 'written' | 'purgeLog'>

export const deletionStatements = (connection: DeletionConnection): DeletionStatements => ({
  imagesOfOthers,
  deleteUnusedAmong,
  forgetFilenames,
  unlinkImages,
  async purgeAfter(hashes) {
    const needles = needlesOf(connection, hashes)
    return async () => {
      const isPurged = await connection.purgeLog()
      const file = connection.writer.location()
      if (file === null || !(await contains(file, needles))) return isPurged
      await connection.alone(() => connection.written('VACUUM').run())
      return connection.purgeLog()
    }
  },
})

function among(column: '"hash"' | '"pictureHash"', values: readonly string[]): Prisma.Sql {
  const { sql, raw } = prismaSql()
  return sql`${raw(column)} IN (SELECT "value" FROM json_each(${JSON.stringify(values)}))`
}

type SharedImage = { readonly hash: string; readonly classifierId: string }

/** Those of the images that another classifier has as a sample. */
const imagesOfOthers = (
  reader: RawReader,
  classifierId: string,
  hashes: readonly string[],
): Promise<readonly SharedImage[]> =>
  reader.$queryRaw<SharedImage[]>`SELECT "hash", "classifierId" FROM "Sample"
    WHERE "classifierId" <> ${classifierId} AND ${among('"hash"', hashes)}`

/** Deletes those of the images that neither a sample nor a prediction needs, and returns their hashes. */
async function deleteUnusedAmong(tx: RawTransaction, hashes: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ hash: string }[]>`DELETE FROM "Picture" WHERE ${among('"hash"', hashes)}
    AND NOT EXISTS (SELECT 1 FROM "Sample" WHERE "hash" = "Picture"."hash")
    AND NOT EXISTS (SELECT 1 FROM "Prediction" WHERE "pictureHash" = "Picture"."hash")
    RETURNING "hash"`
  return rows.map(({ hash }) => hash)
}

async function forgetFilenames(
  tx: RawTransaction,
  classifierId: string,
  hashes: readonly string[],
): Promise<void> {
  await tx.$executeRaw`UPDATE "Prediction" SET "filename" = NULL
    WHERE "classifierId" = ${classifierId} AND ${among('"pictureHash"', hashes)}`
}

/** Predictions of every classifier lose `images` and their file names; those of this one lose `ofClassifier` too. */
async function unlinkImages(
  tx: RawTransaction,
  classifierId: string,
  { images, ofClassifier }: { readonly images: readonly string[]; readonly ofClassifier: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`UPDATE "Prediction" SET "pictureHash" = NULL, "filename" = NULL
    WHERE ${among('"pictureHash"', images)}`
  await tx.$executeRaw`UPDATE "Prediction" SET "pictureHash" = NULL
    WHERE "classifierId" = ${classifierId} AND ${among('"pictureHash"', ofClassifier)}`
}

/** Some bytes from the middle of images that lie in rows. */
function needlesOf({ all }: Pick<Connection, 'all'>, hashes: readonly string[]): readonly Buffer[] {
  const rows = all<{ readonly bytes: Uint8Array }>(
    `SELECT "bytes" FROM "Picture" WHERE "bytes" IS NOT NULL
      AND "hash" IN (SELECT "value" FROM json_each(?))`,
    JSON.stringify(hashes.slice(0, MOST_NEEDLES)),
  )
  return rows.flatMap(({ bytes }) => {
    if (bytes.length < NEEDLE_BYTES) return []
    const from = Math.floor((bytes.length - NEEDLE_BYTES) / 2)
    return [Buffer.from(bytes.subarray(from, from + NEEDLE_BYTES))]
  })
}

async function contains(file: string, needles: readonly Buffer[]): Promise<boolean> {
  if (needles.length === 0) return false
  await using handle = await open(file, 'r')
  const chunk = Buffer.alloc(CHUNK_BYTES + NEEDLE_BYTES)
  for (let at = 0; ; at += CHUNK_BYTES) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) return false
    const part = chunk.subarray(0, bytesRead)
    if (needles.some((needle) => part.includes(needle))) return true
  }
}
