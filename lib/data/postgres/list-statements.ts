/** Lists and figures of pages; like ../sqlite/list-statements.ts. */
import type { Prisma } from '../generated/client.ts'
import { sampleLists } from '../sqlite/sample-lists.ts'
import type { FindingStateRow, ListStatements, MapPointRow, RawReader } from '../transaction-statements.ts'
import { asJson } from './json-parameter.ts'
import { fragments } from './sql-fragments.ts'

const samples = sampleLists({
  fragments,
  contains: (text, part) => fragments().sql`strpos(${text}, ${part}) > 0`,
})

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

/** Of each image only the latest prediction is read: a script may have sent one image a million times. */
function latestStatement(versionId: string, hashes: readonly string[]): Prisma.Sql {
  const { sql } = fragments()
  return sql`SELECT h."hash", o."predictedClass", o."confidence"
    FROM json_array_elements_text(${asJson(hashes)}::json) AS h("hash")
      CROSS JOIN LATERAL (SELECT "predictedClass", "confidence" FROM "Prediction"
        WHERE "versionId" = ${versionId} AND "pictureHash" = h."hash" ORDER BY "id" DESC LIMIT 1) o`
}

/** Milliseconds, of the newest predictions; null: of all classifiers outside the trash. */
async function latencies(
  reader: RawReader,
  classifierId: string | null,
  { since, most }: { readonly since: Date; readonly most: number },
): Promise<readonly number[]> {
  const { sql } = fragments()
  const isListed =
    classifierId === null
      ? sql`"classifierId" NOT IN (SELECT "id" FROM "Classifier" WHERE "trashedAt" IS NOT NULL)`
      : sql`"classifierId" = ${classifierId}`
  const rows = await reader.$queryRaw<{ totalMs: number }[]>`SELECT "totalMs" FROM "Prediction"
    WHERE ${isListed} AND "createdAt" >= ${since}::timestamp ORDER BY "createdAt" DESC LIMIT ${most}`
  return rows.map((row) => row.totalMs)
}

const mapPoints = (reader: RawReader, classifierId: string): Promise<readonly MapPointRow[]> =>
  reader.$queryRaw<MapPointRow[]>`
    WITH open AS (
      SELECT one."sampleId", string_agg(f."kind", ',') AS "kinds"
      FROM "Finding" f JOIN "FindingSample" one ON one."findingId" = f."id"
        JOIN "Sample" s ON s."id" = one."sampleId"
        LEFT JOIN "FindingDismissal" d
          ON d."sampleId" = s."id" AND d."kind" = f."kind" AND d."label" IS NOT DISTINCT FROM s."label"
      WHERE f."classifierId" = ${classifierId} AND d."sampleId" IS NULL AND one."label" IS NOT DISTINCT FROM s."label"
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
      SELECT one."findingId", s."label", s."split", one."label" IS NOT DISTINCT FROM s."label" AS "isSame",
        s."excludedAt" IS NULL AND s."trashedAt" IS NULL AS "isUsable",
        s."excludedAt" IS NOT NULL AND s."trashedAt" IS NULL AS "isExcluded",
        s."uploadId" IS NOT DISTINCT FROM ${uploadId}::text AS "isOfUpload", d."sampleId" IS NOT NULL AS "isDismissed"
      FROM "Finding" f JOIN "FindingSample" one ON one."findingId" = f."id" JOIN "Sample" s ON s."id" = one."sampleId"
        LEFT JOIN "FindingDismissal" d
          ON d."sampleId" = s."id" AND d."kind" = f."kind" AND d."label" IS NOT DISTINCT FROM s."label"
      WHERE f."classifierId" = ${classifierId})
    SELECT f."id", f."kind", f."severity", COUNT(m."findingId") AS "samples",
      COUNT(*) FILTER (WHERE m."isUsable") AS "usable",
      COUNT(*) FILTER (WHERE m."isUsable" AND m."isSame") AS "unchanged",
      COUNT(*) FILTER (WHERE m."isUsable" AND m."split" = 'test') AS "tests",
      COUNT(DISTINCT CASE WHEN m."isUsable" THEN m."label" END) AS "labels",
      COUNT(*) FILTER (WHERE m."isExcluded") AS "excluded",
      COUNT(*) FILTER (WHERE m."isUsable" AND m."isDismissed") AS "dismissed"
    FROM "Finding" f LEFT JOIN member m ON m."findingId" = f."id"
    WHERE f."classifierId" = ${classifierId}
    GROUP BY f."id"
    HAVING ${uploadId}::text IS NULL OR COUNT(*) FILTER (WHERE m."isOfUpload") > 0`
