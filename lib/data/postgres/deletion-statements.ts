/** Statements of permanent deletion; like ../sqlite/deletion-statements.ts. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { DeletionStatements } from '../transaction-statements.ts'
import { asJson } from './json-parameter.ts'
import { fragments } from './sql-fragments.ts'

/** Tables whose rows contain images and names of people's files. */
const TABLES = [
  'Picture',
  'Sample',
  'Prediction',
  'Upload',
  'SampleChangeEntry',
  'FindingSample',
  'Fingerprint',
]

export const deletionStatements = ({ run }: Pick<PostgresConnection, 'run'>): DeletionStatements => ({
  imagesOfOthers: (tx, classifierId, hashes) =>
    tx.$queryRaw`SELECT "hash", "classifierId" FROM "Sample"
      WHERE "classifierId" <> ${classifierId} AND ${among('"hash"', hashes)}`,
  async deleteUnusedAmong(tx, hashes) {
    const rows = await tx.$queryRaw<
      { hash: string }[]
    >`DELETE FROM "Picture" p WHERE ${among('"hash"', hashes)}
      AND NOT EXISTS (SELECT 1 FROM "Sample" s WHERE s."hash" = p."hash")
      AND NOT EXISTS (SELECT 1 FROM "Prediction" o WHERE o."pictureHash" = p."hash")
      RETURNING p."hash"`
    return rows.map(({ hash }) => hash)
  },
  async forgetFilenames(tx, classifierId, hashes) {
    await tx.$executeRaw`UPDATE "Prediction" SET "filename" = NULL
      WHERE "classifierId" = ${classifierId} AND ${among('"pictureHash"', hashes)}`
  },
  async unlinkImages(tx, classifierId, { images, ofClassifier }) {
    await tx.$executeRaw`UPDATE "Prediction" SET "pictureHash" = NULL, "filename" = NULL
      WHERE ${among('"pictureHash"', images)}`
    await tx.$executeRaw`UPDATE "Prediction" SET "pictureHash" = NULL
      WHERE "classifierId" = ${classifierId} AND ${among('"pictureHash"', ofClassifier)}`
  },
  /** PostgreSQL overwrites the space of deleted rows as it is used again, and its write-ahead log as it is recycled:
   *  docs/operations.md says so. */
  purgeAfter: async () => async () => {
    for (const table of TABLES) await run(`VACUUM "${table}"`)
    return true
  },
})

function among(column: '"hash"' | '"pictureHash"', values: readonly string[]): Prisma.Sql {
  const { sql, raw } = fragments()
  return sql`${raw(column)} IN (SELECT json_array_elements_text(${asJson(values)}::json))`
}
