/** Logits into what a prediction says: probabilities, decision, candidates. It computes no image and stores nothing. */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { softmax } from '#lib/domain/calibration.ts'
import { byProbability, chanceOf } from '#lib/domain/conformal.ts'
import { decide } from '#lib/domain/decision.ts'
import { cardAt, thresholdsOf } from '#lib/ml/evaluate/reliability.ts'
import type { ServingVersion } from './model-registry.ts'

/** Digits of a probability; further ones are numerical noise. */
const PROBABILITY_DIGITS = 6

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
  { logits, distance, problem, precision = 'float32' }: InferenceResult,
  { classes, card }: Pick<ServingVersion['version'], 'classes' | 'card'>,
  { topK, hash }: { readonly topK: number; readonly hash: () => string },
): PredictionResult {
  if (logits.length !== classes.length)
    throw new Error(
      `${card.classifier} ${card.version} has ${classes.length} classes and returned ` +
        `${logits.length} values`,
    )
  const measured = cardAt(card, precision)
  const promises = thresholdsOf(measured)
  const probabilities = softmax(logits, measured.calibration?.temperature ?? 1)
  const order = byProbability(probabilities)
  const { decision, candidates } = decide(probabilities, promises, {
    chance: () => chanceOf(hash()),
    distance,
    problem,
  })
  const rounded = (index: number) => Number(probabilities[index]!.toFixed(PROBABILITY_DIGITS))
  const first = order[0]!
  return {
    predicted_class: classes[first]!,
    predicted_index: first,
    confidence: rounded(first),
    probabilities: Object.fromEntries(classes.map((name, index) => [name, rounded(index)])),
    top_k: order
      .slice(0, topK)
      .map((index) => ({ class: classes[index]!, index, probability: rounded(index) })),
    decision,
    candidates: candidates && candidates.map((index) => classes[index]!),
    image_problem: problem,
    familiarity:
      distance === null
        ? null
        : { distance: Number(distance.toFixed(PROBABILITY_DIGITS)), threshold: promises.familiarUpTo },
  }
}
