/**
 * Lists of samples, and changes of all that match a filter: both find the same rows. Prisma can express neither the
 * order by a prediction of the live version nor findings whose label still holds. SQLite and PostgreSQL differ in one
 * function.
 */
import { parseArea, type SampleSort } from '#lib/contracts/sample-filters.ts'
import type { Prisma } from '../generated/client.ts'
import {
  asksForPrediction,
  type SampleCursor,
  type SampleFilter,
  type SamplePage,
} from '../samples/sample-filter.ts'
import type { ListStatements, MatchingSample, RawReader } from '../transaction-statements.ts'

/** What the databases write differently. */
export type SampleDialect = {
  /** For `$queryRaw`. */
  readonly fragments: () => Pick<typeof Prisma, 'sql' | 'join' | 'raw' | 'empty'>
  /** Whether a text contains another one. */
  readonly contains: (text: Prisma.Sql, part: Prisma.Sql) => Prisma.Sql
}

export type SampleLists = Pick<ListStatements, 'samplesMatching' | 'sampleIds' | 'countSamples'> & {
  readonly idsStatement: (
    filter: SampleFilter,
    page: SamplePage & { readonly after?: SampleCursor | null },
  ) => Prisma.Sql
}

/** Tables and condition of a statement whose samples are called `s`, and predictions, where it reads some, `p`. */
type SampleSource = { readonly from: Prisma.Sql; readonly where: Prisma.Sql }

export function sampleLists({ fragments, contains }: SampleDialect): SampleLists {
  function matching(filter: SampleFilter, { withPrediction = false } = {}): SampleSource {
    const { sql, join } = fragments()
    const isPredicted = withPrediction || asksForPrediction(filter)
    const conditions = [...ownConditions(filter), ...(isPredicted ? predictionConditions(filter) : [])]
    return {
      from: isPredicted
        ? sql`"SamplePrediction" p JOIN "Sample" s ON s."classifierId" = ${filter.classifierId} AND s."hash" = p."hash"`
        : sql`"Sample" s`,
      where: join(conditions, ' AND '),
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
      ...(filename === undefined ? [] : [contains(sql`lower(s."filename")`, sql`lower(${filename})`)]),
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
  const liveVersionOf = (classifierId: string): Prisma.Sql => fragments().sql`SELECT "versionId"
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
  const samplesMatching = (reader: RawReader, filter: SampleFilter): Promise<MatchingSample[]> => {
    const { from, where } = matching(filter)
    return reader.$queryRaw<
      MatchingSample[]
    >`SELECT ${fragments().raw(COLUMNS)} FROM ${from} WHERE ${where} ORDER BY s."id"`
  }

  /** The ids of the samples on a page. */
  async function sampleIds(
    reader: RawReader,
    filter: SampleFilter,
    page: SamplePage & { readonly after: SampleCursor | null },
  ): Promise<readonly string[]> {
    const rows = await reader.$queryRaw<readonly { readonly id: string }[]>(idsStatement(filter, page))
    return rows.map(({ id }) => id)
  }

  function idsStatement(
    filter: SampleFilter,
    { sort, offset = 0, limit, after = null }: SamplePage & { readonly after?: SampleCursor | null },
  ): Prisma.Sql {
    const { sql, empty } = fragments()
    const { from, where } = matching(filter, { withPrediction: sort === 'least_certain' })
    const rest = after ? sql` AND ${afterCursor(filter.classifierId, sort, after)}` : empty
    return sql`SELECT s."id" FROM ${from} WHERE ${where}${rest}
    ORDER BY ${ORDERS[sort]()} LIMIT ${limit} OFFSET ${offset}`
  }

  const ORDERS: Readonly<Record<SampleSort, () => Prisma.Sql>> = {
    newest: () => fragments().sql`s."id" DESC`,
    oldest: () => fragments().sql`s."id"`,
    name: () => fragments().sql`s."filename" NULLS FIRST, s."id"`,
    least_certain: () => fragments().sql`p."confidence", p."hash"`,
  }

  function afterCursor(
    classifierId: string,
    sort: SampleSort,
    { id, hash, filename }: SampleCursor,
  ): Prisma.Sql {
    const { sql } = fragments()
    switch (sort) {
      case 'newest':
        return sql`s."id" < ${id}`
      case 'oldest':
        return sql`s."id" > ${id}`
      case 'least_certain':
        return sql`(p."confidence", p."hash") > (SELECT "confidence", "hash" FROM "SamplePrediction"
        WHERE "versionId" = (${liveVersionOf(classifierId)}) AND "hash" = ${hash})`
      case 'name':
        return filename === null
          ? sql`(s."filename" IS NOT NULL OR s."id" > ${id})`
          : sql`(s."filename", s."id") > (${filename}, ${id})`
    }
  }

  async function countSamples(reader: RawReader, filter: SampleFilter, sort: SampleSort): Promise<number> {
    const { from, where } = matching(filter, { withPrediction: sort === 'least_certain' })
    const [row] = await reader.$queryRaw<
      readonly { readonly count: number | bigint }[]
    >`SELECT COUNT(*) AS "count"
    FROM ${from} WHERE ${where}`
    return Number(row?.count ?? 0)
  }

  return { samplesMatching, sampleIds, countSamples, idsStatement }
}
