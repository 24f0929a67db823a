/** What answers contracts by changing rows, in one object; what only reads for an answer is lib/queries. Each topic has
 *  its file next to this one. */
import type { Data } from '../data.ts'
import type { Store } from '../store.ts'
import { classifierAnswers } from './classifiers.ts'
import { feedbackAnswers } from './feedback.ts'
import { predictionDeletion } from './predictions-delete.ts'
import { sampleAnswers } from './samples.ts'
import { undoingAnswers } from './undoing.ts'

export const answersOf = (
  store: Store,
  rooms: Pick<Data, 'classifiers' | 'samples' | 'promotions' | 'live' | 'sampleChanges' | 'trash'>,
) => ({
  ...predictionDeletion(store, rooms),
  ...feedbackAnswers(store),
  ...classifierAnswers(store, rooms),
  ...sampleAnswers(store, rooms),
  ...undoingAnswers(rooms),
})
