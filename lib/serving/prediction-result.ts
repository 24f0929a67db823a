/** Logits into what a prediction says, with the temperature and the thresholds of the version that served it. */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { chanceOf } from '#lib/domain/evaluation/conformal.ts'
import { predictionAnswer } from '#lib/domain/prediction-answer.ts'
import { cardAt, thresholdsOf } from '#lib/ml/evaluate/reliability.ts'
import type { ServingVersion } from './model-registry.ts'

type PredictionResult = Pick<
  PredictionAnswer,
  | 'predicted_class'
  | 'predicted_index'
  | 'confidence'
  | 'probabilities'
  | 'top_k'
  | 'decision'
  | 'candidates'
  | 'familiarity'
  | 'image_problem'
>
type ReadImage = Extract<InferredImage, { ok: true }>
type InferenceResult = Pick<ReadImage, 'logits' | 'distance' | 'problem' | 'precision'>

/** Turns logits into a response, with temperature and thresholds from the card of the version, as measured with the
 *  precision that computed them. `hash` of the image's bytes, computed when needed. */
export function answerOf(
  output: InferenceResult,
  { classes, card }: Pick<ServingVersion['version'], 'classes' | 'card'>,
  { topK, hash }: { readonly topK: number; readonly hash: () => string },
): PredictionResult {
  if (output.logits.length !== classes.length)
    throw new Error(
      `${card.classifier} ${card.version} has ${classes.length} classes and returned ` +
        `${output.logits.length} values`,
    )
  const measured = cardAt(card, output.precision ?? 'float32')
  return predictionAnswer(
    output,
    {
      classes,
      temperature: measured.calibration?.temperature ?? 1,
      thresholds: thresholdsOf(measured),
    },
    { topK, chance: () => chanceOf(hash()) },
  )
}
