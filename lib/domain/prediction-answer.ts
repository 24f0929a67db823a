/** Logits into what a prediction says: probabilities, decision, candidates. The server and a browser make the same
 *  answer of the same logits with it. It computes no image and stores nothing. */
import { softmax } from './evaluation/calibration.ts'
import { byProbability } from './evaluation/conformal.ts'
import { decide, type ReliabilityThresholds } from './evaluation/decision.ts'
import type { ImageProblem } from './image.ts'

/** Six digits of a probability; further ones are numerical noise. */
const STEPS = 1e6
const rounded = (value: number): number => Math.round(value * STEPS) / STEPS

/** What a network made of one image: its logits, its distance from the training images (null: not measured), and why
 *  it shows nothing that could be classified. */
export type NetworkOutput = {
  readonly logits: Float32Array | readonly number[]
  readonly distance: number | null
  readonly problem: ImageProblem | null
}

/** The parts of a version that an answer depends on. */
export type AnsweringVersion = {
  readonly classes: readonly string[]
  /** 1: not calibrated. */
  readonly temperature: number
  readonly thresholds: ReliabilityThresholds
}

/** The fields of a prediction's answer that come from the network; the API sends them as they are.
 *  @param chance the random draw of the image (`chanceOf`), computed only where it matters */
export function predictionAnswer(
  { logits, distance, problem }: NetworkOutput,
  { classes, temperature, thresholds }: AnsweringVersion,
  { topK, chance }: { readonly topK: number; readonly chance: () => number },
) {
  const probabilities = softmax(logits, temperature)
  const order = byProbability(probabilities)
  const { decision, candidates } = decide(probabilities, thresholds, { chance, distance, problem })
  const shown = probabilities.map(rounded)
  const first = order[0]!
  return {
    predicted_class: classes[first]!,
    predicted_index: first,
    confidence: shown[first]!,
    probabilities: Object.fromEntries(classes.map((name, index) => [name, shown[index]!])),
    top_k: order
      .slice(0, topK)
      .map((index) => ({ class: classes[index]!, index, probability: shown[index]! })),
    decision,
    candidates: candidates && candidates.map((index) => classes[index]!),
    image_problem: problem,
    familiarity:
      distance === null
        ? null
        : {
            distance: rounded(distance),
            threshold: thresholds.familiarUpTo,
          },
  }
}
