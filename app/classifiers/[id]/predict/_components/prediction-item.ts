/** An image on the Predict page: how to show it, and its prediction once there is one. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'

export type PredictionItem = {
  readonly key: string
  readonly name: string
  /** Null for an image in a ZIP, which the page does not open. */
  readonly file: File | null
  /** An object URL of the image, valid while the page is open. */
  readonly preview: string | null
  readonly prediction: PredictionAnswer | null
  readonly failure: Failure | null
}
