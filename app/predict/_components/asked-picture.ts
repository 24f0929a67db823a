/** An image whose prediction was asked for on this page, and where it can be shown from. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'

export type AskedPicture = {
  readonly key: string
  readonly name: string
  /** Null for one out of a ZIP, which the page never opens. */
  readonly file: File | null
  /** An address to show it by, while the page is open. */
  readonly preview: string | null
  readonly answer: PredictionAnswer | null
  readonly failure: Failure | null
}
