/** The history of answered pictures, as its contracts say it. */
import type { KeptPrediction } from '#lib/contracts/predictions.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { Answers, Data } from '#lib/data/data.ts'
import type { Prisma } from '#lib/data/generated/client.ts'
import { predictionsWhere, type PredictionFilters } from '#lib/data/prediction-filter.ts'
import { countOfPredictions } from '#lib/data/prediction-counts.ts'
import { notFound, parsed } from '#lib/data/store.ts'
import type { Store } from '#lib/data/store.ts'
import { trashedClassifiers } from '#lib/data/trashed-classifiers.ts'
import { pageOf } from '#lib/domain/page.ts'
import { imageOf } from '#lib/data/answers/images.ts'

type Row = Prisma.PredictionGetPayload<{ include: { feedback: true } }>

export const predictionAnswers = (
  store: Store,
  { classifiers }: Pick<Data, 'classifiers'>,
): Pick<Answers, 'listPredictions' | 'getPrediction' | 'predictionImage'> => ({
  async listPredictions(request) {
    if (request.classifier !== undefined) await classifiers.get(request.classifier)
    const where = listedWhere(store, request)
    const before = request.cursor === undefined ? {} : { id: { lt: request.cursor } }
    const [rows, total] = await Promise.all([
      store.prisma.prediction.findMany({
        where: { ...where, ...before },
        include: { feedback: true },
        orderBy: { id: 'desc' },
        take: request.limit + 1,
      }),
      isSummed(request) ? countListed(store, request) : store.prisma.prediction.count({ where }),
    ])
    const page = pageOf(rows, request.limit, (row) => row.id)
    return { predictions: page.rows.map(predictionAnswer), total, next_cursor: page.next }
  },
  getPrediction: async ({ id }) => predictionAnswer(await rowOf(store, id)),
  async predictionImage({ id, size }) {
    const { pictureHash } = await rowOf(store, id)
    if (pictureHash === null) throw notFound('image of the prediction', id)
    return imageOf(store, pictureHash, size)
  },
})

/** Whether nothing but what is summed is asked for. */
function isSummed({
  version,
  decision,
  feedback,
  min_confidence,
  max_confidence,
  since,
  until,
}: PredictionFilters): boolean {
  return [version, decision, feedback, min_confidence, max_confidence, since, until].every(
    (filter) => filter === undefined,
  )
}

async function rowOf(store: Store, id: string): Promise<Row> {
  const row = await store.prisma.prediction.findUnique({ where: { id }, include: { feedback: true } })
  if (!row) throw notFound('prediction', id)
  return row
}

/** As `predictionsWhere`; without a classifier, those of classifiers in the trash are left out. */
export function listedWhere(
  { connection }: Pick<Store, 'connection'>,
  request: PredictionFilters,
): Prisma.PredictionWhereInput {
  const trashed = request.classifier === undefined ? trashedClassifiers(connection) : []
  if (trashed.length === 0) return predictionsWhere(request)
  return { AND: [predictionsWhere(request), { classifierId: { notIn: [...trashed] } }] }
}

function countListed({ connection }: Store, { classifier, class: name }: PredictionFilters): number {
  const all = countOfPredictions(connection, classifier, name)
  const trashed = classifier === undefined ? trashedClassifiers(connection) : []
  return trashed.reduce((sum, id) => sum - countOfPredictions(connection, id, name), all)
}

export const predictionAnswer = (row: Row): KeptPrediction => ({
  id: row.id,
  classifier: row.classifierId,
  model_version: row.version,
  engine: row.engine as EngineName,
  predicted_class: row.predictedClass,
  confidence: row.confidence,
  probabilities: parsed<Record<string, number>>(row.probabilitiesJson),
  decision: row.decision as KeptPrediction['decision'],
  filename: row.filename,
  width: row.width,
  height: row.height,
  timestamp: row.createdAt.toISOString(),
  total_ms: row.totalMs,
  feedback: row.feedback && {
    correct: row.feedback.isCorrect,
    label: row.feedback.label,
    at: row.feedback.at.toISOString(),
  },
  image_url: row.pictureHash === null ? null : `/api/predictions/${row.id}/image`,
})
