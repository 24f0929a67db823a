/**
 * Images without Prisma. Reads: a training process opens the bytes of every image and loads nothing else of storage,
 * and health looks for faults in processes that never load Prisma (docs/decisions/0037-prisma-on-first-use.md). The
 * insertion is part of the transactions that add samples and predictions by the thousand (sample-statements.ts,
 * prediction-statements.ts). The rest goes through Prisma (../images).
 */
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Prisma } from '../generated/client.ts'
import { blobNow } from '../images/blobs.ts'
import type { StagedImages } from '../images/staged-images.ts'
import type { ImageReads, ImageStatements } from '../statements.ts'
import type { NewImage } from '../values.ts'

/** An anonymous client's image that is sent again counts as used; recording that once a day is enough. */
const USED_EVERY_MS = 86_400_000
const INSERT = `INSERT INTO "Picture" ("hash", "sizeBytes", "width", "height", "mediaType", "bytes",
    "isAnonymous", "usedAt")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET "isAnonymous" = excluded."isAnonymous", "usedAt" = excluded."usedAt"
  WHERE "isAnonymous" AND (NOT excluded."isAnonymous" OR excluded."usedAt" - "usedAt" >= ${USED_EVERY_MS})`

type Image = Prisma.ImageModel

export const imageStatements = (
  connection: Pick<Connection, 'one' | 'all' | 'write' | 'append'>,
): ImageStatements => ({
  ...imageReads(connection),
  insert: (images: readonly NewImage[], files: StagedImages) =>
    connection.write((writing) => images.forEach((image) => insertImage(writing, image, { files }))),
  /** The newest faults, and how many there are. */
  async faults(most: number) {
    const rows = connection.all<Prisma.FileFaultModel & { readonly count: number }>(
      `SELECT *, COUNT(*) OVER () AS "count" FROM "FileFault" ORDER BY "foundAt" DESC LIMIT ?`,
      most,
    )
    return { count: rows[0]?.count ?? 0, newest: rows.map(({ count: _, ...fault }) => fault) }
  },
  /** Files go to their places inside such a transaction, too (insertImage). */
  removeFiles: (hashes, { dataDir }) =>
    connection.append((writing) => {
      for (const hash of hashes) {
        if (writing.one('SELECT 1 FROM "Picture" WHERE "hash" = ?', hash) === undefined)
          blobNow.removeImage(dataDir, hash)
        writing.run('DELETE FROM "ImageRemoval" WHERE "hash" = ?', hash)
      }
    }),
})

export const imageReads = ({ one }: Pick<Connection, 'one'>): ImageReads => ({
  bytes: async (hash: string) =>
    one<Pick<Image, 'bytes'>>('SELECT "bytes" FROM "Picture" WHERE "hash" = ?', hash) ?? null,
  /** Null: unknown. */
  async isInRow(hash: string): Promise<boolean | null> {
    const row = one<{ is: number }>(
      'SELECT "bytes" IS NOT NULL AS "is" FROM "Picture" WHERE "hash" = ?',
      hash,
    )
    return row === undefined ? null : row.is === 1
  },
  facts: async (hash: string) =>
    one<Pick<Image, 'hash' | 'width' | 'height' | 'sizeBytes' | 'mediaType'>>(
      'SELECT "hash", "width", "height", "sizeBytes", "mediaType" FROM "Picture" WHERE "hash" = ?',
      hash,
    ) ?? null,
})

/**
 * `anonymousAt`: set when an anonymous prediction stores it; an image that a user stores too counts
 * as theirs.
 */
export function insertImage(
  writing: TransactionScope,
  image: NewImage,
  { files, anonymousAt }: { readonly files: StagedImages; readonly anonymousAt?: Date | undefined },
): void {
  const bytesInRow = files.settle(image)
  const { hash, bytes, width, height, mediaType } = image
  writing.run(
    INSERT,
    hash,
    bytes.length,
    width,
    height,
    mediaType,
    bytesInRow,
    anonymousAt !== undefined,
    anonymousAt ?? 0,
  )
}
