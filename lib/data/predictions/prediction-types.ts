/**
 * The data module's interface for predictions: signatures only, like data.ts. prediction-writer.ts,
 * predictions.ts and retention.ts implement it.
 */
import type { PredictionFilters } from './prediction-filter.ts'
import type { FeedbackMeaning } from '#lib/domain/feedback.ts'
import type { NewPrediction } from '../values.ts'

/** What makes predictions rows, in whichever process that happens. */
export type PredictionWriter = {
  /**
   * Resolves when the row is committed, never before. Fails with `database_busy` when another program held
   * the database locked for too long, `overloaded` when too many writes wait, `disk_full` when there is no
   * space: then there is no row, and no image was stored.
   */
  readonly record: (prediction: NewPrediction) => Promise<void>
  /** `waiting` and `waitingBytes` are bounded. */
  readonly figures: () => {
    readonly waiting: number
    readonly waitingBytes: number
    readonly written: number
    readonly refused: number
  }
}

export type Predictions = PredictionWriter & {
  readonly countSince: (classifierId: string, since: Date) => Promise<number>
}

/** Frees space, a few hundred rows or images per call: to be called until it returns that there were none. */
export type Retention = {
  /** Images that are stored only for predictions of anonymous clients. */
  readonly anonymousImages: () => Promise<{ readonly images: number; readonly bytes: number }>
  /** What the history takes: its rows, and the images that no sample needs. Reads all of it. */
  readonly historyBytes: () => Promise<number>
  /**
   * The least recently used anonymous images: those unused since `before`, or enough to free `enoughBytes`.
   * Their predictions stay, without image.
   */
  readonly dropAnonymousImages: (which: SpaceRequest) => Promise<FreedSpace>
  /**
   * The oldest predictions, with their images and feedback: those made before, or enough to free the space.
   */
  readonly deleteOldest: (which: SpaceRequest) => Promise<FreedSpace>
  /** `not_found` for an unknown id. */
  readonly deleteOne: (id: string) => Promise<void>
  readonly countSelected: (which: PredictionSelection) => Promise<number>
  /** All of them, in small transactions, until none is left or the signal aborts. How many there were. */
  readonly deleteSelected: (which: PredictionSelection, signal?: AbortSignal) => Promise<number>
}
/** `minAgeMs`: 0 for all that there are when the call begins. */
export type PredictionSelection = { readonly filters: PredictionFilters; readonly minAgeMs: number }
export type SpaceRequest = { readonly before: Date } | { readonly enoughBytes: number }
export type FreedSpace = { readonly count: number; readonly bytes: number }

export type FeedbackStore = {
  /** Of those predictions that exist. */
  readonly predictedClasses: (predictionIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /**
   * Replaces earlier responses to these predictions: all of them, or none if one fails. The id of the sample of each
   * image; null where it is not trained on, or the prediction has no image. `unknown_class` for a class that the
   * classifier lacks.
   */
  readonly save: (changes: readonly FeedbackChange[]) => Promise<readonly (string | null)[]>
}

/** `meaning` null: the earlier response is removed. */
export type FeedbackChange = { readonly predictionId: string; readonly meaning: FeedbackMeaning | null }
