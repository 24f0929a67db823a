/**
 * Statements of permanent deletion, most of them in a transaction of Prisma. A classifier may have 100,000 images:
 * Prisma splits a list of so many hashes into several statements of thousands of parameters; here a list of any length
 * is one parameter. Prisma has no function for VACUUM.
 */
import { prismaSql } from '../database/prisma.ts'
import type { Prisma } from '../generated/client.ts'

type Transaction = Pick<Prisma.TransactionClient, '$executeRaw' | '$queryRaw'>

function among(column: '"hash"' | '"pictureHash"', values: readonly string[]): Prisma.Sql {
  const { sql, raw } = prismaSql()
  return sql`${raw(column)} IN (SELECT "value" FROM json_each(${JSON.stringify(values)}))`
}

type SharedImage = { readonly hash: string; readonly classifierId: string }

/** Those of the images that another classifier has as a sample. */
export const imagesOfOthers = (
  reader: Pick<Transaction, '$queryRaw'>,
  classifierId: string,
  hashes: readonly string[],
): Promise<readonly SharedImage[]> =>
  reader.$queryRaw<SharedImage[]>`SELECT "hash", "classifierId" FROM "Sample"
    WHERE "classifierId" <> ${classifierId} AND ${among('"hash"', hashes)}`

/** Deletes those of the images that neither a sample nor a prediction needs, and returns their hashes. */
export async function deleteUnusedAmong(
  tx: Transaction,
  hashes: readonly string[],
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ hash: string }[]>`DELETE FROM "Picture" WHERE ${among('"hash"', hashes)}
    AND NOT EXISTS (SELECT 1 FROM "Sample" WHERE "hash" = "Picture"."hash")
    AND NOT EXISTS (SELECT 1 FROM "Prediction" WHERE "pictureHash" = "Picture"."hash")
    RETURNING "hash"`
  return rows.map(({ hash }) => hash)
}

export async function forgetFilenames(
  tx: Transaction,
  classifierId: string,
  hashes: readonly string[],
): Promise<void> {
  await tx.$executeRaw`UPDATE "Prediction" SET "filename" = NULL
    WHERE "classifierId" = ${classifierId} AND ${among('"pictureHash"', hashes)}`
}

/** Predictions of every classifier lose `images` and their file names; those of this one lose `ofClassifier` too. */
export async function unlinkImages(
  tx: Transaction,
  classifierId: string,
  { images, ofClassifier }: { readonly images: readonly string[]; readonly ofClassifier: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`UPDATE "Prediction" SET "pictureHash" = NULL, "filename" = NULL
    WHERE ${among('"pictureHash"', images)}`
  await tx.$executeRaw`UPDATE "Prediction" SET "pictureHash" = NULL
    WHERE "classifierId" = ${classifierId} AND ${among('"pictureHash"', ofClassifier)}`
}

/** Writes the database file again, without what was deleted. */
export async function rewriteFile(prisma: Pick<Prisma.TransactionClient, '$executeRaw'>): Promise<void> {
  await prisma.$executeRaw`VACUUM`
}
