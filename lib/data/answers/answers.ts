/** What answers contracts by reading (and a little writing) alone, in one object. Each topic has its file
 *  beside this one. */
import type { Answers, Data } from '../data.ts'
import type { Store } from '../store.ts'
import { classifierAnswers } from './classifiers.ts'
import { feedbackAnswers } from './feedback.ts'
import { modelAnswers } from './models.ts'
import { predictionAnswers } from './predictions.ts'
import { predictionDeletion } from './predictions-delete.ts'
import { predictionExport } from './predictions-export.ts'
import { runAnswers } from './runs.ts'
import { sampleAnswers } from './samples.ts'
import { statisticsAnswers } from './statistics.ts'
import { undoingAnswers } from './undoing.ts'
import { uploadAnswers } from './uploads.ts'

export const answersOf = (
  store: Store,
  rooms: Pick<
    Data,
    'classifiers' | 'samples' | 'uploads' | 'versions' | 'promotions' | 'live' | 'sampleChanges' | 'trash'
  >,
): Answers => ({
  ...predictionAnswers(store, rooms),
  ...predictionDeletion(store, rooms),
  ...predictionExport(store, rooms),
  ...feedbackAnswers(store),
  ...statisticsAnswers(store, rooms),
  ...classifierAnswers(store, rooms),
  ...uploadAnswers(store, rooms),
  ...sampleAnswers(store, rooms),
  ...undoingAnswers(rooms),
  ...runAnswers(store, rooms),
  ...modelAnswers(rooms),
})
