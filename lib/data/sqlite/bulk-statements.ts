/**
 * Reads and changes of many rows at once, in a transaction of Prisma or alone. Prisma changes rows that each get a
 * value of their own one by one, in 0.15 to 0.2 ms of processor time each; here they take 3 to 5 µs
 * (docs/decisions/0053-storage-by-prisma.md). Each list is one parameter, as JSON, so that a statement has any number
 * of rows and is prepared once.
 */
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'
import type { Split } from '#lib/domain/classifier.ts'
import type { Prisma } from '../generated/client.ts'
import type {
  BulkStatements,
  RawReader,
  RawTransaction,
  SampleStep,
  StoredGroupMember,
} from '../transaction-statements.ts'

export const bulkStatements = (): BulkStatements => ({
  insertTraits,
  groupAlone,
  moveToGroups,
  groupMembers,
  groupImagesOutside,
  sharedFingerprints,
  replaceFigures,
  insertSamplePredictions,
  insertMapPoints,
  insertChangeEntries,
  applyChangeEntries,
})

/** Of images that are stored; those that have traits keep them. */
async function insertTraits(
  tx: RawTransaction,
  images: readonly { readonly hash: string; readonly traits: ImageTraits }[],
): Promise<void> {
  const rows = images.map(({ hash, traits: { fingerprint, shot } }) => [
    hash,
    Buffer.from(fingerprint).toString('hex'),
    shot?.takenAtMs ?? null,
    shot?.camera ?? null,
  ])
  await tx.$executeRaw`INSERT OR IGNORE INTO "Fingerprint" ("hash", "bytes", "takenAt", "camera")
    SELECT "value" ->> 0, unhex("value" ->> 1), "value" ->> 2, "value" ->> 3
    FROM json_each(${JSON.stringify(rows)})
    WHERE EXISTS (SELECT 1 FROM "Picture" WHERE "hash" = "value" ->> 0)`
}

/** Each of the images that has no group becomes one of its own. */
async function groupAlone(
  tx: RawTransaction,
  classifierId: string,
  hashes: readonly string[],
): Promise<void> {
  await tx.$executeRaw`UPDATE "Sample" SET "groupId" = "id" WHERE "classifierId" = ${classifierId}
    AND "groupId" IS NULL AND "hash" IN (SELECT "value" FROM json_each(${JSON.stringify(hashes)}))`
}

async function moveToGroups(
  tx: RawTransaction,
  moved: readonly (readonly [sampleId: string, groupId: string, split: Split | null])[],
): Promise<void> {
  await tx.$executeRaw`UPDATE "Sample" SET "groupId" = one."value" ->> 1, "split" = one."value" ->> 2
    FROM json_each(${JSON.stringify(moved)}) one WHERE "Sample"."id" = one."value" ->> 0`
}

/** The samples with these hashes, and all others of their groups, oldest first. */
const groupMembers = (
  tx: RawReader,
  classifierId: string,
  hashes: readonly string[],
): Promise<readonly StoredGroupMember[]> =>
  tx.$queryRaw<StoredGroupMember[]>`WITH named AS (
      SELECT "id", "groupId" FROM "Sample" WHERE "classifierId" = ${classifierId}
        AND "hash" IN (SELECT "value" FROM json_each(${JSON.stringify(hashes)})))
    SELECT "id", "hash", "groupId", "split", "isSplitGiven" FROM "Sample" WHERE "classifierId" = ${classifierId}
      AND ("id" IN (SELECT "id" FROM named) OR "groupId" IN (SELECT "groupId" FROM named)) ORDER BY "id"`

type GroupImage = { readonly groupId: string; readonly filename: string | null; readonly hash: string }

/** Images of these groups that are not of the upload, the newest first. */
const groupImagesOutside = (
  tx: RawReader,
  { classifierId, uploadId }: { readonly classifierId: string; readonly uploadId: string },
  groupIds: readonly string[],
): Promise<readonly GroupImage[]> =>
  tx.$queryRaw<GroupImage[]>`
    SELECT "groupId", "filename", "hash" FROM "Sample" WHERE "classifierId" = ${classifierId}
      AND "groupId" IN (SELECT "value" FROM json_each(${JSON.stringify(groupIds)}))
      AND "uploadId" IS NOT ${uploadId} AND "trashedAt" IS NULL ORDER BY "id" DESC`

type GroupFingerprint = { readonly groupId: string; readonly hash: string; readonly bytes: Uint8Array }

/** Of samples that share their group with others, oldest first; excluded ones and the trash are left out. */
const sharedFingerprints = (tx: RawReader, classifierId: string): Promise<readonly GroupFingerprint[]> =>
  tx.$queryRaw<GroupFingerprint[]>`
    SELECT "groupId", "Sample"."hash", "bytes" FROM "Sample" JOIN "Fingerprint" USING ("hash")
    WHERE "classifierId" = ${classifierId} AND "excludedAt" IS NULL AND "trashedAt" IS NULL AND "groupId" IN (
      SELECT "groupId" FROM "Sample" WHERE "classifierId" = ${classifierId} AND "groupId" IS NOT NULL
        AND "excludedAt" IS NULL AND "trashedAt" IS NULL GROUP BY "groupId" HAVING COUNT(*) > 1)
    ORDER BY "Sample"."id"`

/** Replaces them; images that are not stored are left out. */
async function replaceFigures(
  tx: RawTransaction,
  figures: readonly Prisma.ImageFiguresModel[],
): Promise<void> {
  const rows = figures.map((one) => [
    one.hash,
    one.brightness5,
    one.brightness99,
    one.sharpness,
    one.concentration,
    one.entropy,
    one.digest,
    one.surroundingsJson,
  ])
  await tx.$executeRaw`INSERT OR REPLACE INTO "ImageFigures"
      ("hash", "brightness5", "brightness99", "sharpness", "concentration", "entropy", "digest", "surroundingsJson")
    SELECT "value" ->> 0, "value" ->> 1, "value" ->> 2, "value" ->> 3, "value" ->> 4, "value" ->> 5, "value" ->> 6,
      "value" ->> 7
    FROM json_each(${JSON.stringify(rows)})
    WHERE EXISTS (SELECT 1 FROM "Picture" WHERE "hash" = "value" ->> 0)`
}

/** Images that are not stored are left out. */
async function insertSamplePredictions(
  tx: RawTransaction,
  versionId: string,
  predictions: readonly { readonly hash: string; readonly predicted: string; readonly confidence: number }[],
): Promise<void> {
  const rows = predictions.map(({ hash, predicted, confidence }) => [hash, predicted, confidence])
  await tx.$executeRaw`INSERT OR REPLACE INTO "SamplePrediction"
      ("versionId", "hash", "predictedClass", "confidence")
    SELECT ${versionId}, "value" ->> 0, "value" ->> 1, "value" ->> 2
    FROM json_each(${JSON.stringify(rows)})
    WHERE EXISTS (SELECT 1 FROM "Picture" WHERE "hash" = "value" ->> 0)`
}

/** Samples that were deleted meanwhile are left out. */
async function insertMapPoints(
  tx: RawTransaction,
  classifierId: string,
  points: readonly { readonly sampleId: string; readonly x: number; readonly y: number }[],
): Promise<void> {
  const rows = JSON.stringify(points.map(({ sampleId, x, y }) => [sampleId, x, y]))
  await tx.$executeRaw`INSERT INTO "MapPoint" ("sampleId", "classifierId", "x", "y")
    SELECT "value" ->> 0, ${classifierId}, "value" ->> 1, "value" ->> 2 FROM json_each(${rows})
    WHERE EXISTS (SELECT 1 FROM "Sample" WHERE "id" = "value" ->> 0)`
}

/** The entries of a change, and then their samples: 500 take a few milliseconds. */
async function insertChangeEntries(
  tx: RawTransaction,
  changeId: string,
  steps: readonly SampleStep[],
): Promise<void> {
  const rows = JSON.stringify(
    steps.map(({ row, after }) => [
      row.id,
      row.label,
      after.label,
      row.split,
      after.split,
      Number(row.isSplitGiven),
      Number(after.isSplitGiven),
      row.excludedAt?.getTime() ?? null,
      after.excludedAt?.getTime() ?? null,
      row.trashedAt?.getTime() ?? null,
      after.trashedAt?.getTime() ?? null,
    ]),
  )
  await tx.$executeRaw`INSERT INTO "SampleChangeEntry" ("changeId", "sampleId", "labelBefore", "labelAfter",
      "splitBefore", "splitAfter", "splitGivenBefore", "splitGivenAfter", "excludedBefore", "excludedAfter",
      "trashedBefore", "trashedAfter")
    SELECT ${changeId}, "value" ->> 0, "value" ->> 1, "value" ->> 2, "value" ->> 3, "value" ->> 4,
      "value" ->> 5, "value" ->> 6, "value" ->> 7, "value" ->> 8, "value" ->> 9, "value" ->> 10
    FROM json_each(${rows})`
}

/** Gives the samples of a change the state of its entries. */
async function applyChangeEntries(
  tx: RawTransaction,
  {
    changeId,
    trashId,
    at,
  }: { readonly changeId: string; readonly trashId: string | null; readonly at: Date },
): Promise<void> {
  await tx.$executeRaw`UPDATE "Sample" SET
      "label" = e."labelAfter", "split" = e."splitAfter", "isSplitGiven" = e."splitGivenAfter",
      "excludedAt" = e."excludedAfter", "trashedAt" = e."trashedAfter",
      "labelledAt" = CASE WHEN e."labelAfter" IS NOT e."labelBefore" THEN ${at.getTime()} ELSE "labelledAt" END,
      "trashId" = CASE WHEN e."trashedAfter" IS NULL THEN NULL
        WHEN e."trashedBefore" IS NULL THEN ${trashId} ELSE "trashId" END
    FROM "SampleChangeEntry" e WHERE e."changeId" = ${changeId} AND e."sampleId" = "Sample"."id"`
}
