/** Predictions as rows: prediction-writer.ts writes them, retention.ts deletes them, and lib/queries lists them. */
import type { Predictions } from './prediction-types.ts'
import { createPredictionWriter } from './prediction-writer.ts'
import { predictionsSince } from './prediction-counts.ts'
import type { Store } from '../store.ts'

export const predictionsOf = (store: Store): Predictions & { readonly flush: () => Promise<void> } => ({
  ...createPredictionWriter(store),
  countSince: (classifierId, since) => predictionsSince(store.prisma, classifierId, since),
})
