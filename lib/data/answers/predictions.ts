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
  async listPredictions(asked) {
    if (asked.classifier !== undefined) await classifiers.get(asked.classifier)
    const where = listedWhere(store, asked)
    const before = asked.cursor === undefined ? {} : { id: { lt: asked.cursor } }
    const [rows, total] = await Promise.all([
      store.prisma.prediction.findMany({
        where: { ...where, ...before },
        include: { feedback: true },
        orderBy: { id: 'desc' },
        take: asked.limit + 1,
      }),
      isSummed(asked) ? countListed(store, asked) : store.prisma.prediction.count({ where }),
    ])
    const page = pageOf(rows, asked.limit, (row) => row.id)
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
  asked: Filters,
): Prisma.PredictionWhereInput {
  const trashed = asked.classifier === undefined ? trashedClassifiers(connection) : []
  if (trashed.length === 0) return predictionsWhere(asked)
  return { AND: [predictionsWhere(asked), { classifierId: { notIn: [...trashed] } }] }
}

function countListed({ connection }: Store, { classifier, class: name }: Filters): number {
  const all = countOfPredictions(connection, classifier, name)
  const trashed = classifier === undefined ? trashedClassifiers(connection) : []
  return trashed.reduce((sum, id) => sum - countOfPredictions(connection, id, name), all)
}

export function predictionsWhere(asked: Filters): Prisma.PredictionWhereInput {
  return {
    ...(asked.classifier !== undefined && { classifierId: asked.classifier }),
    ...(asked.class !== undefined && { predictedClass: asked.class }),
    ...(asked.version !== undefined && { version: asked.version }),
    ...(asked.decision !== undefined && { decision: asked.decision === 'none' ? null : asked.decision }),
    ...(asked.feedback === 'none' && { feedback: { is: null } }),
    ...(asked.feedback !== undefined &&
      asked.feedback !== 'none' && { feedback: { is: { isCorrect: asked.feedback === 'correct' } } }),
    confidence: { gte: asked.min_confidence, lte: asked.max_confidence },
    createdAt: { gte: asked.since, lte: asked.until },
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
