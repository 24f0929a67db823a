/** The history of answered pictures, as its contracts say it. */
import type { KeptPrediction } from '#lib/contracts/predictions.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { Answers, Data } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { countOfPredictions } from '../prediction-counts.ts'
import { notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import { trashedClassifiers } from '../trashed-classifiers.ts'
import { pageOf } from './page.ts'
import { imageOf } from './images.ts'

type Row = Prisma.PredictionGetPayload<{ include: { feedback: true } }>
type Filters = Omit<Parameters<Answers['listPredictions']>[0], 'limit' | 'cursor'>

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
}: Filters): boolean {
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
  request: Filters,
): Prisma.PredictionWhereInput {
  const trashed = request.classifier === undefined ? trashedClassifiers(connection) : []
  if (trashed.length === 0) return predictionsWhere(request)
  return { AND: [predictionsWhere(request), { classifierId: { notIn: [...trashed] } }] }
}

function countListed({ connection }: Store, { classifier, class: name }: Filters): number {
  const all = countOfPredictions(connection, classifier, name)
  const trashed = classifier === undefined ? trashedClassifiers(connection) : []
  return trashed.reduce((sum, id) => sum - countOfPredictions(connection, id, name), all)
}

export function predictionsWhere(request: Filters): Prisma.PredictionWhereInput {
  return {
    ...(request.classifier !== undefined && { classifierId: request.classifier }),
    ...(request.class !== undefined && { predictedClass: request.class }),
    ...(request.version !== undefined && { version: request.version }),
    ...(request.decision !== undefined && {
      decision: request.decision === 'none' ? null : request.decision,
    }),
    ...(request.feedback === 'none' && { feedback: { is: null } }),
    ...(request.feedback !== undefined &&
      request.feedback !== 'none' && { feedback: { is: { isCorrect: request.feedback === 'correct' } } }),
    confidence: { gte: request.min_confidence, lte: request.max_confidence },
    createdAt: { gte: request.since, lte: request.until },
  }
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
