/** The history of predictions. */
import { storedDecision, storedEngine, storedNumbers } from '#lib/contracts/stored-json.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { listPredictions, StoredPredictionAnswer } from '#lib/contracts/predictions.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import type { Prisma } from '#lib/data/generated/client.ts'
import { predictionsWhere, type PredictionFilters } from '#lib/data/predictions/prediction-filter.ts'
import { notFound, parsed } from '#lib/data/store.ts'
import type { Store } from '#lib/data/store.ts'
import { imageOf } from './images.ts'

type Row = Prisma.PredictionGetPayload<{ include: { feedback: true } }>

type PredictionQueries = {
  readonly listPredictions: RouteAnswer<'GET /api/predictions'>
  readonly getPrediction: RouteAnswer<'GET /api/predictions/{id}'>
  readonly predictionImage: RouteAnswer<'GET /api/predictions/{id}/image'>
}

export function predictionQueries(
  { prisma, settings }: Store,
  data: Pick<Data, 'classifiers' | 'images' | 'blobs'>,
): PredictionQueries {
  return {
    async listPredictions({ cursor, limit, sort = 'newest', ...filters }) {
      if (filters.classifier !== undefined) await data.classifiers.get(filters.classifier)
      const where = listedWhere(filters)
      const [rows, total] = await Promise.all([
        prisma.prediction.findMany({
          where: { AND: [where, await after(cursor, sort)] },
          include: { feedback: true },
          orderBy: sort === 'newest' ? { id: 'desc' } : [{ confidence: 'asc' }, { id: 'desc' }],
          take: limit + 1,
        }),
        isSummed(filters) ? summed(filters) : prisma.prediction.count({ where }),
      ])
      const page = pageOf(rows, limit, (row) =>
        sort === 'newest' ? row.id : `${row.confidence}${BETWEEN}${row.id}`,
      )
      return { predictions: page.rows.map(predictionAnswer), total, next_cursor: page.next }
    },
    getPrediction: async ({ id }) => predictionAnswer(await rowOf(id)),
    async predictionImage({ id, size }) {
      const { imageHash } = await rowOf(id)
      if (imageHash === null) throw notFound('image of the prediction', id)
      return imageOf({ ...data, thumbnail: settings.thumbnail }, imageHash, size)
    },
  }

  /** The rows that follow the page before. The least certain are found by reading all rows that match, 0.8 µs each:
   *  an index by confidence would cost every prediction 17 µs (300,000 rows, November 2026). */
  async function after(
    cursor: string | undefined,
    sort: Input<typeof listPredictions>['sort'],
  ): Promise<Prisma.PredictionWhereInput> {
    if (cursor === undefined || sort === 'newest') return { id: { lt: cursor } }
    const { confidence, id } = placeOf(cursor) ?? (await rowOf(cursor))
    return { OR: [{ confidence: { gt: confidence } }, { confidence, id: { lt: id } }] }
  }

  async function rowOf(id: string): Promise<Row> {
    const row = await prisma.prediction.findUnique({ where: { id }, include: { feedback: true } })
    if (!row) throw notFound('prediction', id)
    return row
  }

  async function summed({ classifier, class: predictedClass }: PredictionFilters): Promise<number> {
    const where = { ...listedClassifier(classifier), predictedClass }
    return (await prisma.classCount.aggregate({ where, _sum: { count: true } }))._sum.count ?? 0
  }
}

/** Between the confidence and the id in a cursor of the least certain: with its place in the list, the page after a
 *  prediction is found although that prediction has been deleted. */
const BETWEEN = '_'

function placeOf(cursor: string): { readonly confidence: number; readonly id: string } | null {
  const [confidence, id] = cursor.split(BETWEEN)
  return id === undefined || confidence === '' || !Number.isFinite(Number(confidence))
    ? null
    : { confidence: Number(confidence), id }
}

/** Whether the filters name no more than what ClassCount sums. */
function isSummed({ classifier: _classifier, class: _class, ...others }: PredictionFilters): boolean {
  return Object.values(others).every((filter) => filter === undefined)
}

/** The classifier; without one, all that are not in the trash. */
const listedClassifier = (classifier: string | undefined) =>
  classifier === undefined ? { classifier: { trashedAt: null } } : { classifierId: classifier }

/** As `predictionsWhere`; without a classifier, those of classifiers in the trash are left out. */
export const listedWhere = (filters: PredictionFilters): Prisma.PredictionWhereInput => ({
  ...predictionsWhere(filters),
  ...listedClassifier(filters.classifier),
})

export const predictionAnswer = (row: Row): StoredPredictionAnswer => ({
  id: row.id,
  classifier: row.classifierId,
  model_version: row.version,
  engine: storedEngine.parse(row.engine),
  predicted_class: row.predictedClass,
  confidence: row.confidence,
  probabilities: parsed(storedNumbers, row.probabilitiesJson),
  decision: storedDecision.nullable().parse(row.decision),
  filename: row.filename,
  width: row.width,
  height: row.height,
  timestamp: row.createdAt.toISOString(),
  total_ms: row.totalMs,
  feedback: row.feedback && {
    correct: row.feedback.isCorrect,
    label: row.feedback.label,
    sample_id: row.feedback.sampleId,
    at: row.feedback.at.toISOString(),
  },
  image_url: row.imageHash === null ? null : `/api/predictions/${row.id}/image`,
})
