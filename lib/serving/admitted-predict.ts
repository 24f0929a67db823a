/** One prediction for a client, explained or plain; of plain ones only as many at once as can be computed in time. */
import type { Input } from '#lib/contracts/contract.ts'
import type { ExplainedAnswer, PredictionAnswer, predictOne } from '#lib/contracts/predict.ts'
import type { Admission } from './admission.ts'
import type { Outcomes } from './outcomes.ts'
import type { ExplanationService } from './predict-explained.ts'
import type { PredictCaller, PredictOne } from './predict.ts'

type AdmittedPredictParts = {
  readonly predict: PredictOne
  readonly explaining: Pick<ExplanationService, 'predict'>
  readonly admission: Pick<Admission, 'run'>
  readonly outcomes: Pick<Outcomes, 'noted'>
  /** Whether an image is decoded in a few milliseconds. */
  readonly isSmall: (bytes: Uint8Array, maxPixels: number) => boolean
}

export const createAdmittedPredict =
  ({ predict, explaining, admission, outcomes, isSmall }: AdmittedPredictParts) =>
  (
    request: Input<typeof predictOne>,
    caller: PredictCaller & { readonly maxPixels: number },
  ): Promise<PredictionAnswer | ExplainedAnswer> => {
    if (request.explain) return explaining.predict(request, caller)
    const predicting = () => predict(request, caller)
    // a named version may be broken without being live
    const work = request.version === undefined ? () => outcomes.noted(predicting) : predicting
    // Large images have a queue of their own, and must not hold places of small ones while they wait in it.
    return isSmall(request.image.bytes, caller.maxPixels) ? admission.run(work) : work()
  }
