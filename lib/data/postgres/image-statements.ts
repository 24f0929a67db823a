/** Images without Prisma; like ../sqlite/image-statements.ts. Rows are inserted together, in the order of their hashes:
 *  two transactions that store the same images wait for each other, and never in a circle. */
import type { PostgresConnection, PostgresScope } from '../database/postgres/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { StagedImages } from '../images/staged-images.ts'
import type { ImageReads, ImageStatements } from '../statements.ts'
import type { NewImage } from '../values.ts'
import { asJson } from './json-parameter.ts'

type Image = Prisma.ImageModel

/** An anonymous client's image that is sent again counts as used; recording that once a day is enough. */
const INSERT = `INSERT INTO "Picture" AS p ("hash", "sizeBytes", "width", "height", "mediaType", "bytes", "isAnonymous",
    "usedAt")
  SELECT r."hash", r."sizeBytes", r."width", r."height", r."mediaType", decode(r."bytes", 'base64'), r."isAnonymous",
    r."usedAt"
  FROM json_to_recordset($1) AS r("hash" text, "sizeBytes" integer, "width" integer, "height" integer,
    "mediaType" text, "bytes" text, "isAnonymous" boolean, "usedAt" timestamp)
  ORDER BY r."hash"
  ON CONFLICT ("hash") DO UPDATE SET "isAnonymous" = excluded."isAnonymous", "usedAt" = excluded."usedAt"
  WHERE p."isAnonymous" AND (NOT excluded."isAnonymous" OR excluded."usedAt" - p."usedAt" >= interval '1 day')`

/** Held while files of images go to their places, until the rows are committed. */
const LOCK_FILES = 'SELECT pg_advisory_xact_lock_shared($1)'
/** What removes files waits for all of these, and then sees their rows. */
const LOCK_FILES_ALONE = 'SELECT pg_advisory_xact_lock($1)'
/** Any number that no other lock of Darkroom has. */
export const IMAGE_FILES_LOCK = 0x6461_7267

export const imageStatements = (connection: PostgresConnection): ImageStatements => ({
  ...imageReads(connection),
  insert: (images, files) =>
    connection.append((writing) =>
      insertImages(
        writing,
        images.map((image) => ({ image })),
        files,
      ),
    ),
  async faults(most) {
    const rows = await connection.all<Prisma.FileFaultModel & { readonly count: number }>(
      `SELECT *, COUNT(*) OVER () AS "count" FROM "FileFault" ORDER BY "foundAt" DESC LIMIT $1`,
      most,
    )
    return { count: rows[0]?.count ?? 0, newest: rows.map(({ count: _, ...fault }) => fault) }
  },
  removeFiles: (hashes, { blobs }) =>
    connection.append(async (writing) => {
      await writing.run(LOCK_FILES_ALONE, IMAGE_FILES_LOCK)
      const stored = await writing.all<{ readonly hash: string }>(
        'SELECT "hash" FROM "Picture" WHERE "hash" = ANY($1)',
        hashes,
      )
      const needed = new Set(stored.map(({ hash }) => hash))
      await Promise.all(hashes.filter((hash) => !needed.has(hash)).map(blobs.deleteImage))
      await writing.run('DELETE FROM "ImageRemoval" WHERE "hash" = ANY($1)', hashes)
    }),
})

export const imageReads = ({ one }: Pick<PostgresConnection, 'one'>): ImageReads => ({
  bytes: async (hash) =>
    (await one<Pick<Image, 'bytes'>>('SELECT "bytes" FROM "Picture" WHERE "hash" = $1', hash)) ?? null,
  async isInRow(hash) {
    const row = await one<{ is: boolean }>(
      'SELECT "bytes" IS NOT NULL AS "is" FROM "Picture" WHERE "hash" = $1',
      hash,
    )
    return row?.is ?? null
  },
  facts: async (hash) =>
    (await one<Pick<Image, 'hash' | 'width' | 'height' | 'sizeBytes' | 'mediaType'>>(
      'SELECT "hash", "width", "height", "sizeBytes", "mediaType" FROM "Picture" WHERE "hash" = $1',
      hash,
    )) ?? null,
})

/** `anonymousAt`: set when an anonymous prediction stores it; an image that a user stores too counts as theirs. */
export type ImageToInsert = { readonly image: NewImage; readonly anonymousAt?: Date | undefined }

export async function insertImages(
  writing: PostgresScope,
  images: readonly ImageToInsert[],
  files: StagedImages,
): Promise<void> {
  const byHash = new Map<string, ImageToInsert>()
  for (const one of images) {
    const before = byHash.get(one.image.hash)
    if (before === undefined || before.anonymousAt !== undefined) byHash.set(one.image.hash, one)
  }
  if (byHash.size === 0) return
  if (files.hasFiles) {
    await writing.run(LOCK_FILES, IMAGE_FILES_LOCK)
    await files.confirm()
  }
  const rows = [...byHash.values()].map(({ image, anonymousAt }) => {
    const { hash, bytes, width, height, mediaType } = image
    const inRow = files.settle(image)
    return {
      hash,
      sizeBytes: bytes.length,
      width,
      height,
      mediaType,
      bytes: inRow && Buffer.from(inRow.buffer, inRow.byteOffset, inRow.byteLength).toString('base64'),
      isAnonymous: anonymousAt !== undefined,
      usedAt: anonymousAt ?? new Date(0),
    }
  })
  await writing.run(INSERT, asJson(rows))
}
