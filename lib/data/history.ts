/** What the data room offers for predictions: signatures only, like data.ts. prediction-writer.ts and predictions.ts make it. */
import type { NewPrediction } from './values.ts'

/** What makes predictions rows, in whichever process that happens. */
export type PredictionWriter = {
  /** Resolves when the row is committed, never before. Fails with `database_busy` when another program kept the database locked for too long,
   *  `overloaded` when too much waits to be written, `disk_full` when there is no room: then there is no row, and no image was stored. */
  readonly record: (prediction: NewPrediction) => Promise<void>
  /** `waiting` and `waitingBytes` are bounded. */
  readonly figures: () => { readonly waiting: number; readonly waitingBytes: number; readonly written: number; readonly refused: number }
}

export type Predictions = PredictionWriter & {
  readonly countSince: (classifierId: string, since: Date) => Promise<number>
}
