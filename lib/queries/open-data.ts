/** Opens the data of this product, with what reads it for pages and API answers. It stores and changes nothing itself:
 *  lib/data does. */
import type { Data } from '#lib/data/data.ts'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { openStore } from '#lib/data/open.ts'
import { modelAnswers } from './models.ts'
import { predictionAnswers } from './predictions.ts'
import { predictionExport } from './predictions-export.ts'
import { runAnswers } from './runs.ts'
import { statisticsAnswers } from './statistics.ts'
import { uploadAnswers } from './uploads.ts'

/** Waits for another program's lock; migrates what is older, after a copy. */
export async function openData(settings: DataSettings): Promise<Data> {
  const { store, ...data } = await openStore(settings)
  return {
    ...data,
    answers: {
      ...data.answers,
      ...predictionAnswers(store, data),
      ...predictionExport(store, data),
      ...statisticsAnswers(store, data),
      ...uploadAnswers(store, data),
      ...runAnswers(store, data),
      ...modelAnswers(data),
    },
  }
}
