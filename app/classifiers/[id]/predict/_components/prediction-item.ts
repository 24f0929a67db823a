/** An image on the Predict page: how to show it, and its prediction once there is one. */
import type { Failure } from '#lib/ui/error-notice.tsx'
import type { ShownPrediction } from '../../../../_components/browser-prediction/browser-answer.ts'

export type PredictionItem = {
  readonly key: string
  readonly name: string
  /** Null for an image in a ZIP, which the page does not open. */
  readonly file: File | null
  /** An object URL of the image, valid while the page is open. */
  readonly preview: string | null
  readonly prediction: ShownPrediction | null
  readonly failure: Failure | null
  /** Computed in this browser. */
  readonly isLocal?: boolean
}

let items = 0
/** Unique on this page. Not `crypto.randomUUID`: browsers offer it only over HTTPS and on localhost. */
export const newItemKey = (): string => `item ${(items += 1)}`
