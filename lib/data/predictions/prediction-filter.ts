/** Which predictions a filter means: for lists, files and deletion alike. */
import type { Input } from '#lib/contracts/contract.ts'
import type { listPredictions } from '#lib/contracts/predictions.ts'
import type { Prisma } from '../generated/client.ts'

export type PredictionFilters = Omit<Input<typeof listPredictions>, 'limit' | 'cursor' | 'sort'>

export function predictionsWhere(filters: PredictionFilters): Prisma.PredictionWhereInput {
  return {
    ...(filters.classifier !== undefined && { classifierId: filters.classifier }),
    ...(filters.class !== undefined && { predictedClass: filters.class }),
    ...(filters.version !== undefined && { version: filters.version }),
    ...(filters.decision !== undefined && {
      decision: filters.decision === 'none' ? null : filters.decision,
    }),
    ...(filters.feedback === 'none' && { feedback: { is: null } }),
    ...(filters.feedback !== undefined &&
      filters.feedback !== 'none' && { feedback: { is: { isCorrect: filters.feedback === 'correct' } } }),
    confidence: { gte: filters.min_confidence, lte: filters.max_confidence },
    createdAt: { gte: filters.since, lte: filters.until },
  }
}
