/** The SQL condition of a filter on samples; like ../sqlite/sample-filter.ts. */
import { parseArea } from '#lib/contracts/sample-filters.ts'
import type { Prisma } from '../generated/client.ts'
import { asksForPrediction, type SampleFilter } from '../samples/sample-filter.ts'
import type { MatchingSample, RawReader } from '../transaction-statements.ts'
import type { SampleSource } from '../sqlite/sample-filter.ts'
import { fragments } from './sql-fragments.ts'

export function matching(filter: SampleFilter, { withPrediction = false } = {}): SampleSource {
  const { sql, join } = fragments()
  const isPredicted = withPrediction || asksForPrediction(filter)
  const conditions = [...ownConditions(filter), ...(isPredicted ? predictionConditions(filter) : [])]
  return {
    from: isPredicted
      ? sql`"SamplePrediction" p JOIN "Sample" s ON s."classifierId" = ${filter.classifierId} AND s."hash" = p."hash"`
      : sql`"Sample" s`,
    where: join(conditions, ' AND '),
    isPredicted,
  }
}

function ownConditions(filter: SampleFilter): Prisma.Sql[] {
  const { sql } = fragments()
  const {
    classifierId,
    sample,
    label,
    split,
    source,
    upload,
    filename,
    finding,
    area,
    is_excluded: isExcluded,
  } = filter
  return [
    sql`s."classifierId" = ${classifierId}`,
    ...stateConditions(filter.state),
    ...(sample === undefined ? [] : [sql`s."id" = ${sample}`]),
    ...(label === undefined ? [] : [sql`s."label" = ${label}`]),
    ...(split === undefined ? [] : [sql`s."split" = ${split}`]),
    ...(source === undefined ? [] : [sql`s."source" = ${source}`]),
    ...(upload === undefined ? [] : [sql`s."uploadId" = ${upload}`]),
    ...(filename === undefined ? [] : [sql`strpos(lower(s."filename"), lower(${filename})) > 0`]),
    ...(finding === undefined ? [] : [sql`s."id" IN (${samplesOfFindings(classifierId, finding)})`]),
    ...(area === undefined ? [] : [sql`s."id" IN (${samplesInArea(classifierId, area)})`]),
    ...(isExcluded === undefined
      ? []
      : [isExcluded ? sql`s."excludedAt" IS NOT NULL` : sql`s."excludedAt" IS NULL`]),
  ]
}

/** The same words as conditionOf in lib/domain/sample-state.ts. */
function stateConditions(state: SampleFilter['state']): Prisma.Sql[] {
  const { sql } = fragments()
  const isThere = sql`s."trashedAt" IS NULL`
  switch (state) {
    case 'trashed':
      return [sql`s."trashedAt" IS NOT NULL`]
    case 'excluded':
      return [isThere, sql`s."excludedAt" IS NOT NULL`]
    case 'unlabelled':
      return [isThere, sql`s."excludedAt" IS NULL`, sql`s."label" IS NULL`]
    case 'active':
      return [isThere, sql`s."excludedAt" IS NULL`, sql`s."label" IS NOT NULL`]
    case undefined:
      return [isThere]
  }
}

function predictionConditions(filter: SampleFilter): Prisma.Sql[] {
  const { sql } = fragments()
  const { classifierId, predicted, differs, certainty_below: below } = filter
  return [
    sql`p."versionId" = (${liveVersionOf(classifierId)})`,
    ...(predicted === undefined ? [] : [sql`p."predictedClass" = ${predicted}`]),
    ...(below === undefined ? [] : [sql`p."confidence" < ${below}`]),
    ...(differs === undefined
      ? []
      : [differs ? sql`s."label" <> p."predictedClass"` : sql`s."label" = p."predictedClass"`]),
  ]
}

/** The version that was promoted last. */
export const liveVersionOf = (classifierId: string): Prisma.Sql => fragments().sql`SELECT "versionId"
  FROM "Promotion" WHERE "classifierId" = ${classifierId} ORDER BY "id" DESC LIMIT 1`

function samplesInArea(classifierId: string, area: string): Prisma.Sql {
  const [left, top, right, bottom] = parseArea(area) ?? [0, 0, 1, 1]
  return fragments().sql`SELECT "sampleId" FROM "MapPoint" WHERE "classifierId" = ${classifierId}
    AND "x" BETWEEN ${left} AND ${right} AND "y" BETWEEN ${top} AND ${bottom}`
}

const samplesOfFindings = (classifierId: string, kind: string): Prisma.Sql => fragments()
  .sql`SELECT fs."sampleId"
  FROM "Finding" f JOIN "FindingSample" fs ON fs."findingId" = f."id"
    LEFT JOIN "FindingDismissal" d ON d."sampleId" = fs."sampleId" AND d."kind" = f."kind"
  WHERE f."classifierId" = ${classifierId} AND f."kind" = ${kind}
    AND (d."sampleId" IS NULL OR d."label" IS DISTINCT FROM s."label")`

const COLUMNS = `s."id", s."classifierId", s."hash", s."filename", s."label", s."split", s."isSplitGiven",
  s."excludedAt", s."trashedAt", s."trashId"`

/** All that match, oldest first, with what a change needs of them. */
export const samplesMatching = (reader: RawReader, filter: SampleFilter): Promise<MatchingSample[]> => {
  const { from, where } = matching(filter)
  return reader.$queryRaw<
    MatchingSample[]
  >`SELECT ${fragments().raw(COLUMNS)} FROM ${from} WHERE ${where} ORDER BY s."id"`
}
