/** The samples of a classifier as a list: filtered, sorted, from a cursor or from any position, with what the live
 *  version predicts for each. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { SampleSort } from '#lib/contracts/sample-filters.ts'
import { storedSource, storedSplit } from '#lib/contracts/stored-json.ts'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import { prismaSql } from '#lib/data/database/prisma.ts'
import type { Prisma } from '#lib/data/generated/client.ts'
import {
  asksForPrediction,
  liveVersionOf,
  matching,
  type SampleFilter,
} from '#lib/data/samples/sample-filter.ts'
import { notFound, type Store } from '#lib/data/store.ts'

const WITH_IMAGE = { image: { select: { width: true, height: true, sizeBytes: true } } } as const
type Row = Prisma.SampleGetPayload<{ include: typeof WITH_IMAGE }>

type SampleListQueries = {
  readonly listSamples: RouteAnswer<'GET /api/samples'>
  /** In whatever state: what a changed sample is answered with. */
  readonly getSample: (id: string) => Promise<SampleAnswer>
}

export function sampleListQueries(
  { prisma }: Store,
  { classifiers, promotions }: Pick<Data, 'classifiers' | 'promotions'>,
): SampleListQueries {
  return {
    async listSamples({ classifier, cursor, limit, sort = 'newest', offset, ...filters }) {
      const { id: classifierId } = await classifiers.chosen(classifier)
      const filter = { classifierId, ...filters }
      const [ids, total] = await Promise.all([
        idsOf(filter, { sort, cursor, offset, limit: limit + 1 }),
        isSummed(filter, sort) ? summed(filter) : counted(filter, sort),
      ])
      const page = pageOf(ids, limit, (id) => id)
      return { samples: await answersOf(classifierId, page.rows), total, next_cursor: page.next }
    },
    async getSample(id) {
      const row = await prisma.sample.findUnique({ where: { id }, select: { classifierId: true } })
      const [answer] = row ? await answersOf(row.classifierId, [id]) : []
      if (!answer) throw notFound('sample', id)
      return answer
    },
  }

  async function idsOf(
    filter: SampleFilter,
    { cursor, ...page }: ListedPage & { readonly cursor: string | undefined },
  ): Promise<readonly string[]> {
    const after = cursor === undefined ? null : await afterCursor(filter, page.sort, cursor)
    const rows = await prisma.$queryRaw<readonly { readonly id: string }[]>(idsStatement(filter, page, after))
    return rows.map(({ id }) => id)
  }

  /** The condition of rows after the one with this id, in the order of the list. */
  async function afterCursor(
    { classifierId }: SampleFilter,
    sort: SampleSort,
    cursor: string,
  ): Promise<Prisma.Sql> {
    const { sql } = prismaSql()
    if (sort === 'newest') return sql`s."id" < ${cursor}`
    if (sort === 'oldest') return sql`s."id" > ${cursor}`
    const last = await prisma.sample.findUnique({ where: { id: cursor } })
    if (last === null || last.classifierId !== classifierId) throw notFound('sample', cursor)
    if (sort === 'least_certain')
      return sql`(p."confidence", p."hash") > (SELECT "confidence", "hash" FROM "SamplePrediction"
        WHERE "versionId" = (${liveVersionOf(classifierId)}) AND "hash" = ${last.hash})`
    return last.filename === null
      ? sql`(s."filename" IS NOT NULL OR s."id" > ${cursor})`
      : sql`(s."filename", s."id") > (${last.filename}, ${cursor})`
  }

  async function counted(filter: SampleFilter, sort: SampleSort): Promise<number> {
    const { from, where } = matching(filter, { withPrediction: sort === 'least_certain' })
    const [row] = await prisma.$queryRaw<
      readonly { readonly count: number | bigint }[]
    >`SELECT COUNT(*) AS "count"
      FROM ${from} WHERE ${where}`
    return Number(row?.count ?? 0)
  }

  async function summed({ classifierId, label, split, source, state }: SampleFilter): Promise<number> {
    const where = {
      classifierId,
      label: state === 'unlabelled' ? '' : label,
      ...(state === 'active' && label === undefined && { label: { not: '' } }),
      ...(state !== undefined && { isExcluded: state === 'excluded' }),
      split,
      source,
    }
    return (await prisma.sampleCount.aggregate({ where, _sum: { count: true } }))._sum.count ?? 0
  }

  /** In the order of the ids. */
  async function answersOf(classifierId: string, ids: readonly string[]): Promise<SampleAnswer[]> {
    const rows = await prisma.sample.findMany({ where: { id: { in: [...ids] } }, include: WITH_IMAGE })
    const byId = new Map(rows.map((row) => [row.id, row]))
    const there = ids.flatMap((id) => byId.get(id) ?? [])
    const predicted = await predictionsOf(classifierId, there)
    return there.map((row) => answerOf(row, predicted.get(row.hash) ?? null))
  }

  /** By hash: from layers that were not trained on the image, else the latest in the history. */
  async function predictionsOf(
    classifierId: string,
    rows: readonly Row[],
  ): Promise<ReadonlyMap<string, LivePrediction>> {
    const live = rows.length === 0 ? null : ((await promotions.champion(classifierId))?.version ?? null)
    if (live === null) return new Map()
    const version = live.name
    const hashes = rows.map(({ hash }) => hash)
    const stored = await prisma.samplePrediction.findMany({
      where: { versionId: live.id, hash: { in: hashes } },
    })
    const found = new Map<string, LivePrediction>(
      stored.map((one) => [one.hash, { class: one.predictedClass, confidence: one.confidence, version }]),
    )
    const others = hashes.filter((hash) => !found.has(hash))
    if (others.length === 0) return found
    const history = await prisma.$queryRaw<readonly HistoryRow[]>(latestStatement(live.id, others))
    for (const { hash, predictedClass, confidence } of history)
      found.set(hash, { class: predictedClass, confidence, version })
    return found
  }
}

type HistoryRow = { readonly hash: string; readonly predictedClass: string; readonly confidence: number }

/** Of each image only the latest prediction is read: a script may have sent one image a million times. SQLite takes the
 *  other columns of a group from the row of its MAX (sqlite.org/lang_select.html#bareagg). */
export function latestStatement(versionId: string, hashes: readonly string[]): Prisma.Sql {
  const { sql, join } = prismaSql()
  return sql`SELECT "pictureHash" AS "hash", "predictedClass", "confidence", MAX("id") AS "id"
    FROM "Prediction" WHERE "versionId" = ${versionId} AND "pictureHash" IN (${join([...hashes])})
    GROUP BY "pictureHash"`
}

type LivePrediction = NonNullable<SampleAnswer['predicted']>
type ListedPage = {
  readonly sort: SampleSort
  readonly offset?: number | undefined
  readonly limit: number
}

/** The statement of the ids on a page; a test asks SQLite how it finds them. `after`: of a cursor. */
export function idsStatement(
  filter: SampleFilter,
  { sort, offset = 0, limit }: ListedPage,
  after: Prisma.Sql | null = null,
): Prisma.Sql {
  const { sql, empty } = prismaSql()
  const { from, where } = matching(filter, { withPrediction: sort === 'least_certain' })
  return sql`SELECT s."id" FROM ${from} WHERE ${where}${after ? sql` AND ${after}` : empty}
    ORDER BY ${ORDERS[sort]()} LIMIT ${limit} OFFSET ${offset}`
}

const ORDERS: Readonly<Record<SampleSort, () => Prisma.Sql>> = {
  newest: () => prismaSql().sql`s."id" DESC`,
  oldest: () => prismaSql().sql`s."id"`,
  name: () => prismaSql().sql`s."filename", s."id"`,
  least_certain: () => prismaSql().sql`p."confidence", p."hash"`,
}

/** Whether SampleCount has the number: a scan of 100,000 rows takes 60 ms. */
function isSummed(filter: SampleFilter, sort: SampleSort): boolean {
  const { upload, filename, finding, area, state, label } = filter
  const isPlain =
    [upload, filename, finding, area].every((one) => one === undefined) && sort !== 'least_certain'
  return (
    isPlain &&
    state !== 'trashed' &&
    !asksForPrediction(filter) &&
    !(state === 'unlabelled' && label !== undefined)
  )
}

const answerOf = (row: Row, predicted: LivePrediction | null): SampleAnswer => ({
  id: row.id,
  classifier: row.classifierId,
  label: row.label,
  split: storedSplit.nullable().parse(row.split),
  hash: row.hash,
  width: row.image.width,
  height: row.image.height,
  size_bytes: row.image.sizeBytes,
  source: storedSource.parse(row.source),
  filename: row.filename,
  is_excluded: row.excludedAt !== null,
  excluded_at: row.excludedAt?.toISOString() ?? null,
  trashed_at: row.trashedAt?.toISOString() ?? null,
  group_id: row.groupId,
  created_at: row.createdAt.toISOString(),
  image_url: `/api/samples/${row.id}/image`,
  predicted,
})
