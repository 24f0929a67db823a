/** The samples of a classifier as a list: filtered, sorted, from a cursor or from any position, with what the live
 *  version predicts for each. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { SampleSort } from '#lib/contracts/sample-filters.ts'
import { storedSource, storedSplit } from '#lib/contracts/stored-json.ts'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import type { Prisma } from '#lib/data/generated/client.ts'
import { asksForPrediction, type SampleCursor, type SampleFilter } from '#lib/data/samples/sample-filter.ts'
import { notFound, type Store } from '#lib/data/store.ts'

const WITH_IMAGE = { image: { select: { width: true, height: true, sizeBytes: true } } } as const
type Row = Prisma.SampleGetPayload<{ include: typeof WITH_IMAGE }>

type SampleListQueries = {
  readonly listSamples: RouteAnswer<'GET /api/samples'>
  /** In whatever state: what a changed sample is answered with. */
  readonly getSample: (id: string) => Promise<SampleAnswer>
}

export function sampleListQueries(
  { prisma, statements: { lists } }: Store,
  { classifiers, promotions }: Pick<Data, 'classifiers' | 'promotions'>,
): SampleListQueries {
  return {
    async listSamples({ classifier, cursor, limit, sort = 'newest', offset, ...filters }) {
      const { id: classifierId } = await classifiers.chosen(classifier)
      const filter = { classifierId, ...filters }
      const after = await cursorOf(filter, { sort, cursor })
      const [ids, total] = await Promise.all([
        lists.sampleIds(prisma, filter, { sort, after, offset, limit: limit + 1 }),
        isSummed(filter, sort) ? summed(filter) : lists.countSamples(prisma, filter, sort),
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

  /** Orders by id need nothing else: the sample may have been deleted meanwhile. */
  async function cursorOf(
    { classifierId }: SampleFilter,
    { sort, cursor }: { readonly sort: SampleSort; readonly cursor: string | undefined },
  ): Promise<SampleCursor | null> {
    if (cursor === undefined) return null
    if (sort === 'newest' || sort === 'oldest') return { id: cursor, hash: '', filename: null }
    const last = await prisma.sample.findUnique({ where: { id: cursor } })
    if (last === null || last.classifierId !== classifierId) throw notFound('sample', cursor)
    return last
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
    const history = await lists.latestPredictions(prisma, live.id, others)
    for (const { hash, predictedClass, confidence } of history)
      found.set(hash, { class: predictedClass, confidence, version })
    return found
  }
}

type LivePrediction = NonNullable<SampleAnswer['predicted']>
/** Whether SampleCount has the number: a scan of 100,000 rows takes 60 ms. */
function isSummed(filter: SampleFilter, sort: SampleSort): boolean {
  const { sample, upload, filename, finding, area, state, label } = filter
  const isPlain =
    [sample, upload, filename, finding, area].every((one) => one === undefined) && sort !== 'least_certain'
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
