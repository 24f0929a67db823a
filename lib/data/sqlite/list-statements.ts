/**
 * Lists and figures of pages that Prisma cannot express or reads too slowly: samples that match every filter in an
 * order with a cursor, the latest prediction of each image, open findings, the map. The newest thousand latencies take
 * 0.6 ms instead of 1.2 (docs/performance.md, "Queries"). The other reads of pages go through Prisma (lib/queries).
 */
import { prismaSql } from '../database/prisma.ts'
import type { Prisma } from '../generated/client.ts'
import type { FindingStateRow, ListStatements, MapPointRow, RawReader } from '../transaction-statements.ts'
import { sampleLists } from './sample-lists.ts'

const samples = sampleLists({
  fragments: prismaSql,
  contains: (text, part) => prismaSql().sql`instr(${text}, ${part}) > 0`,
})
/** A test asks SQLite how it finds them. */
export const { idsStatement } = samples

export const listStatements = (): ListStatements => ({
  ...samples,
  latestPredictions,
  latencies,
  mapPoints,
  findingStates,
})

type LatestPrediction = {
  readonly hash: string
  readonly predictedClass: string
  readonly confidence: number
}

const latestPredictions = (
  reader: RawReader,
  versionId: string,
  hashes: readonly string[],
): Promise<readonly LatestPrediction[]> =>
  reader.$queryRaw<readonly LatestPrediction[]>(latestStatement(versionId, hashes))

/** Of each image only the latest prediction is read: a script may have sent one image a million times. SQLite takes the
 *  other columns of a group from the row of its MAX (sqlite.org/lang_select.html#bareagg). */
export function latestStatement(versionId: string, hashes: readonly string[]): Prisma.Sql {
  const { sql, join } = prismaSql()
  return sql`SELECT "pictureHash" AS "hash", "predictedClass", "confidence", MAX("id") AS "id"
    FROM "Prediction" WHERE "versionId" = ${versionId} AND "pictureHash" IN (${join([...hashes])})
    GROUP BY "pictureHash"`
}

/** Milliseconds, of the newest predictions; null: of all classifiers outside the trash. */
async function latencies(
  reader: RawReader,
  classifierId: string | null,
  { since, most }: { readonly since: Date; readonly most: number },
): Promise<readonly number[]> {
  const { sql } = prismaSql()
  const isListed =
    classifierId === null
      ? sql`"classifierId" NOT IN (SELECT "id" FROM "Classifier" WHERE "trashedAt" IS NOT NULL)`
      : sql`"classifierId" = ${classifierId}`
  const rows = await reader.$queryRaw<{ totalMs: number }[]>`SELECT "totalMs" FROM "Prediction"
    WHERE ${isListed} AND "createdAt" >= ${since} ORDER BY "createdAt" DESC LIMIT ${most}`
  return rows.map((row) => row.totalMs)
}

const mapPoints = (reader: RawReader, classifierId: string): Promise<readonly MapPointRow[]> =>
  reader.$queryRaw<MapPointRow[]>`
    WITH open AS (
      SELECT one."sampleId", GROUP_CONCAT(f."kind") AS "kinds"
      FROM "Finding" f JOIN "FindingSample" one ON one."findingId" = f."id"
        JOIN "Sample" s ON s."id" = one."sampleId"
        LEFT JOIN "FindingDismissal" d
          ON d."sampleId" = s."id" AND d."kind" = f."kind" AND d."label" IS s."label"
      WHERE f."classifierId" = ${classifierId} AND d."sampleId" IS NULL AND one."label" IS s."label"
      GROUP BY one."sampleId")
    SELECT s."id", p."x", p."y", s."label", s."split", open."kinds"
    FROM "MapPoint" p JOIN "Sample" s ON s."id" = p."sampleId" LEFT JOIN open ON open."sampleId" = s."id"
    WHERE p."classifierId" = ${classifierId} AND s."excludedAt" IS NULL AND s."trashedAt" IS NULL`

/** Of all findings of a classifier; `uploadId`: of those with a sample of this upload. Sums may be BigInt. */
const findingStates = (
  reader: RawReader,
  { classifierId, uploadId }: { readonly classifierId: string; readonly uploadId: string | null },
): Promise<readonly FindingStateRow[]> =>
  reader.$queryRaw<FindingStateRow[]>`
    WITH member AS (
      SELECT one."findingId", s."label", s."split", one."label" IS s."label" AS "isSame",
        s."excludedAt" IS NULL AND s."trashedAt" IS NULL AS "isUsable",
        s."excludedAt" IS NOT NULL AND s."trashedAt" IS NULL AS "isExcluded",
        s."uploadId" IS ${uploadId} AS "isOfUpload", d."sampleId" IS NOT NULL AS "isDismissed"
      FROM "Finding" f JOIN "FindingSample" one ON one."findingId" = f."id" JOIN "Sample" s ON s."id" = one."sampleId"
        LEFT JOIN "FindingDismissal" d
          ON d."sampleId" = s."id" AND d."kind" = f."kind" AND d."label" IS s."label"
      WHERE f."classifierId" = ${classifierId})
    SELECT f."id", f."kind", f."severity", COUNT(m."findingId") AS "samples",
      COALESCE(SUM(m."isUsable"), 0) AS "usable", COALESCE(SUM(m."isUsable" AND m."isSame"), 0) AS "unchanged",
      COALESCE(SUM(m."isUsable" AND m."split" = 'test'), 0) AS "tests",
      COUNT(DISTINCT CASE WHEN m."isUsable" THEN m."label" END) AS "labels",
      COALESCE(SUM(m."isExcluded"), 0) AS "excluded",
      COALESCE(SUM(m."isUsable" AND m."isDismissed"), 0) AS "dismissed"
    FROM "Finding" f LEFT JOIN member m ON m."findingId" = f."id"
    WHERE f."classifierId" = ${classifierId}
    GROUP BY f."id"
    HAVING ${uploadId} IS NULL OR SUM(m."isOfUpload") > 0`
