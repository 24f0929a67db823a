/** Requests for predictions: an image on the server or in this browser, or a ZIP, which only the server opens. */
import type { BrowserModel } from '#lib/browser/browser-model.ts'
import { call } from '#lib/contracts/client.ts'
import {
  predictHere,
  type ShownPrediction,
} from '../../../../_components/browser-prediction/browser-answer.ts'
import { newItemKey, type PredictionItem } from './prediction-item.ts'

/** @param model null: on the server */
export const predictFile = (
  classifier: string,
  file: File,
  model: BrowserModel | null,
): Promise<ShownPrediction> =>
  model ? predictHere(model, file) : call('POST /api/predict', { classifier, file })

export async function predictZip(classifier: string, file: File): Promise<readonly PredictionItem[]> {
  const { predictions } = await call('POST /api/predict/batch', { classifier, files: [file] })
  return predictions.map((one, i) => ({
    key: newItemKey(),
    name: one.filename ?? `Image ${i + 1}`,
    file: null,
    preview: null,
    prediction: one.success ? one : null,
    failure: one.success ? null : { detail: one.error },
  }))
}
