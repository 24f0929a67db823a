/** A prediction of this browser in the form of the API's answers, so that the same components show both. */
import type { BrowserModel } from '#lib/browser/browser-model.ts'
import type { ReadImage } from '#lib/browser/read-image.ts'
import type { BackendName } from '#lib/browser/tensorflow.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'

/** `engine`: of the server, or the backend of this browser. */
export type ShownPrediction = Omit<PredictionAnswer, 'engine'> & { readonly engine: string }

export const BACKEND_TITLES: Readonly<Record<BackendName, string>> = {
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
}

/** Predicts a file in this browser. Nothing is sent, and nothing is saved in the history. */
export async function predictHere(model: BrowserModel, file: File): Promise<ShownPrediction> {
  const { chanceOfBytes, readImage } = await import('#lib/browser/read-image.ts')
  const began = performance.now()
  const read = await readImage(file, model.about.preprocess.background)
  const decodeMs = performance.now() - began
  const chance = (await chanceOfBytes(await file.arrayBuffer())) ?? 0
  return shown(model, read, { chance, decodeMs, filename: file.name })
}

async function shown(
  model: BrowserModel,
  { image, width, height }: ReadImage,
  { chance, decodeMs, filename }: { chance: number; decodeMs: number; filename: string },
): Promise<ShownPrediction> {
  const { ms, ...answer } = await model.predict(image, { chance })
  return {
    success: true,
    id: null,
    saved: false,
    unsaved_reason: null,
    classifier: model.about.classifier,
    model_version: model.about.version,
    engine: `${BACKEND_TITLES[model.backend]} in this browser`,
    ...answer,
    filename,
    width,
    height,
    timestamp: new Date().toISOString(),
    timing_ms: { decode: decodeMs, queue: 0, inference: ms, total: decodeMs + ms },
    cached: false,
  }
}

/** The largest difference of a probability between two predictions, from 0 to 1. */
export const largestDifference = (
  a: Pick<PredictionAnswer, 'probabilities'>,
  b: Pick<PredictionAnswer, 'probabilities'>,
): number =>
  Math.max(...Object.entries(a.probabilities).map(([name, p]) => Math.abs(p - (b.probabilities[name] ?? 0))))
