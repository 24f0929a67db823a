/**
 * Reads and changes of many rows at once; like ../sqlite/bulk-statements.ts. Each list is one parameter, as JSON. A
 * statement that changes rows which others change too takes them in the order of their keys.
 */
import type { BulkStatements } from '../transaction-statements.ts'
import { asJson } from './json-parameter.ts'

export const bulkStatements = (): BulkStatements => ({
  async insertTraits(tx, images) {
    const rows = images.map(({ hash, traits: { fingerprint, shot } }) => ({
      hash,
      bytes: Buffer.from(fingerprint).toString('base64'),
      takenAt: shot === null ? null : new Date(shot.takenAtMs),
      camera: shot?.camera ?? null,
    }))
    await tx.$executeRaw`INSERT INTO "Fingerprint" ("hash", "bytes", "takenAt", "camera")
      SELECT r."hash", decode(r."bytes", 'base64'), r."takenAt", r."camera"
      FROM json_to_recordset(${asJson(rows)}::json)
        AS r("hash" text, "bytes" text, "takenAt" timestamp, "camera" text)
      WHERE EXISTS (SELECT 1 FROM "Picture" p WHERE p."hash" = r."hash") ORDER BY r."hash"
      ON CONFLICT DO NOTHING`
  },
  async groupAlone(tx, classifierId, hashes) {
    await tx.$executeRaw`UPDATE "Sample" SET "groupId" = "id" WHERE "classifierId" = ${classifierId}
      AND "groupId" IS NULL AND "hash" IN (SELECT json_array_elements_text(${asJson(hashes)}::json))`
  },
  async moveToGroups(tx, moved) {
    const rows = moved.map(([sampleId, groupId, split]) => ({ sampleId, groupId, split }))
    await tx.$executeRaw`UPDATE "Sample" s SET "groupId" = r."groupId", "split" = r."split"
      FROM json_to_recordset(${asJson(rows)}::json) AS r("sampleId" text, "groupId" text, "split" text)
      WHERE s."id" = r."sampleId"`
  },
  groupMembers: (tx, classifierId, hashes) => tx.$queryRaw`WITH named AS (
      SELECT "id", "groupId" FROM "Sample" WHERE "classifierId" = ${classifierId}
        AND "hash" IN (SELECT json_array_elements_text(${asJson(hashes)}::json)))
    SELECT "id", "hash", "groupId", "split", "isSplitGiven" FROM "Sample" WHERE "classifierId" = ${classifierId}
      AND ("id" IN (SELECT "id" FROM named) OR "groupId" IN (SELECT "groupId" FROM named)) ORDER BY "id"`,
  groupImagesOutside: (tx, { classifierId, uploadId }, groupIds) => tx.$queryRaw`
    SELECT "groupId", "filename", "hash" FROM "Sample" WHERE "classifierId" = ${classifierId}
      AND "groupId" IN (SELECT json_array_elements_text(${asJson(groupIds)}::json))
      AND "uploadId" IS DISTINCT FROM ${uploadId} AND "trashedAt" IS NULL ORDER BY "id" DESC`,
  sharedFingerprints: (tx, classifierId) => tx.$queryRaw`
    SELECT "groupId", s."hash", "bytes" FROM "Sample" s JOIN "Fingerprint" f ON f."hash" = s."hash"
    WHERE "classifierId" = ${classifierId} AND "excludedAt" IS NULL AND "trashedAt" IS NULL AND "groupId" IN (
      SELECT "groupId" FROM "Sample" WHERE "classifierId" = ${classifierId} AND "groupId" IS NOT NULL
        AND "excludedAt" IS NULL AND "trashedAt" IS NULL GROUP BY "groupId" HAVING COUNT(*) > 1)
    ORDER BY s."id"`,
  async replaceFigures(tx, figures) {
    await tx.$executeRaw`INSERT INTO "ImageFigures"
        ("hash", "brightness5", "brightness99", "sharpness", "concentration", "entropy", "digest", "surroundingsJson")
      SELECT r.* FROM json_to_recordset(${asJson(figures)}::json) AS r("hash" text, "brightness5" double precision,
        "brightness99" double precision, "sharpness" double precision, "concentration" double precision,
        "entropy" double precision, "digest" text, "surroundingsJson" text)
      WHERE EXISTS (SELECT 1 FROM "Picture" p WHERE p."hash" = r."hash") ORDER BY r."hash"
      ON CONFLICT ("hash") DO UPDATE SET "brightness5" = excluded."brightness5",
        "brightness99" = excluded."brightness99", "sharpness" = excluded."sharpness",
        "concentration" = excluded."concentration", "entropy" = excluded."entropy", "digest" = excluded."digest",
        "surroundingsJson" = excluded."surroundingsJson"`
  },
  async insertSamplePredictions(tx, versionId, predictions) {
    await tx.$executeRaw`INSERT INTO "SamplePrediction" ("versionId", "hash", "predictedClass", "confidence")
      SELECT ${versionId}, r."hash", r."predicted", r."confidence"
      FROM json_to_recordset(${asJson(predictions)}::json)
        AS r("hash" text, "predicted" text, "confidence" double precision)
      WHERE EXISTS (SELECT 1 FROM "Picture" p WHERE p."hash" = r."hash") ORDER BY r."hash"
      ON CONFLICT ("versionId", "hash") DO UPDATE SET "predictedClass" = excluded."predictedClass",
        "confidence" = excluded."confidence"`
  },
  async insertMapPoints(tx, classifierId, points) {
    await tx.$executeRaw`INSERT INTO "MapPoint" ("sampleId", "classifierId", "x", "y")
      SELECT r."sampleId", ${classifierId}, r."x", r."y" FROM json_to_recordset(${asJson(points)}::json)
        AS r("sampleId" text, "x" double precision, "y" double precision)
      WHERE EXISTS (SELECT 1 FROM "Sample" s WHERE s."id" = r."sampleId")`
  },
  async insertChangeEntries(tx, changeId, steps) {
    const rows = steps.map(({ row, after }) => ({
      sampleId: row.id,
      labelBefore: row.label,
      labelAfter: after.label,
      splitBefore: row.split,
      splitAfter: after.split,
      splitGivenBefore: Boolean(row.isSplitGiven),
      splitGivenAfter: Boolean(after.isSplitGiven),
      excludedBefore: row.excludedAt,
      excludedAfter: after.excludedAt,
      trashedBefore: row.trashedAt,
      trashedAfter: after.trashedAt,
    }))
    await tx.$executeRaw`INSERT INTO "SampleChangeEntry" ("changeId", "sampleId", "labelBefore", "labelAfter",
        "splitBefore", "splitAfter", "splitGivenBefore", "splitGivenAfter", "excludedBefore", "excludedAfter",
        "trashedBefore", "trashedAfter")
      SELECT ${changeId}, r.* FROM json_to_recordset(${asJson(rows)}::json) AS r("sampleId" text, "labelBefore" text,
        "labelAfter" text, "splitBefore" text, "splitAfter" text, "splitGivenBefore" boolean,
        "splitGivenAfter" boolean, "excludedBefore" timestamp, "excludedAfter" timestamp, "trashedBefore" timestamp,
        "trashedAfter" timestamp)`
  },
  async applyChangeEntries(tx, { changeId, trashId, at }) {
    await tx.$executeRaw`UPDATE "Sample" s SET
        "label" = e."labelAfter", "split" = e."splitAfter", "isSplitGiven" = e."splitGivenAfter",
        "excludedAt" = e."excludedAfter", "trashedAt" = e."trashedAfter",
        "labelledAt" = CASE WHEN e."labelAfter" IS DISTINCT FROM e."labelBefore" THEN ${at}::timestamp
          ELSE "labelledAt" END,
        "trashId" = CASE WHEN e."trashedAfter" IS NULL THEN NULL
          WHEN e."trashedBefore" IS NULL THEN ${trashId}::text ELSE "trashId" END
      FROM "SampleChangeEntry" e WHERE e."changeId" = ${changeId} AND e."sampleId" = s."id"`
  },
})
