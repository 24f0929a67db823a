/** Which predictions a filter means: for lists, files and deletion alike. */
import type { Answers } from './data.ts'
import type { Prisma } from './generated/client.ts'

export type PredictionFilters = Omit<Parameters<Answers['listPredictions']>[0], 'limit' | 'cursor'>

export function predictionsWhere(asked: PredictionFilters): Prisma.PredictionWhereInput {
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
