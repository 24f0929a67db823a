/** Evaluates a network's predictions for labelled images: accuracy with its interval, loss, and the confusion
 *  matrix. It loads no version and decides nothing about it. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import {
  calibrationError,
  negativeLogLikelihood,
  reliability,
  type LabelledPrediction,
  type Logits,
  type ReliabilityBin,
} from '#lib/domain/evaluation/calibration.ts'
import { wilson, type Interval } from '#lib/domain/evaluation/statistics.ts'
import { plainBatches, type SampleSet } from '../learn/sample-set.ts'

export type Score = {
  readonly images: number
  readonly right: number
  readonly accuracy: number
  readonly loss: number
}

export type ClassScore = {
  readonly class: string
  readonly images: number
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
}

/** Over the classes that have images; a class that was never predicted counts as precision 0, as
 *  scikit-learn does. */
export type ClassMean = { readonly precision: number; readonly recall: number; readonly f1: number }

export type Evaluation = {
  readonly images: number
  readonly accuracy: Interval
  readonly loss: number
  readonly macroF1: number
  /** Each class has the same weight. */
  readonly macro: ClassMean
  /** Each image has the same weight. */
  readonly weighted: ClassMean
  /** Null with too few images to be meaningful. */
  readonly ece: number | null
  /** Null likewise. */
  readonly reliability: readonly ReliabilityBin[] | null
  readonly perClass: readonly ClassScore[]
  /** Rows: the true class; columns: the predicted class. */
  readonly confusion: readonly (readonly number[])[]
  /** Of each image, in the order of the logits. */
  readonly isCorrect: readonly boolean[]
}

const FEWEST_FOR_ECE = 100

/** Anything that predicts: a learner, or a loaded version. */
export type Predict = (pixels: Float32Array, count: number) => Promise<Float32Array>

/** The logits for a whole set, in its order. */
export async function logitsOf(
  predict: Predict,
  set: SampleSet,
  options: { spec: Preprocess; classes: number; batch: number; signal?: AbortSignal | undefined },
): Promise<Logits> {
  const values = new Float32Array(set.count * options.classes)
  for (const { pixels, count, first } of plainBatches(set, options.spec, options.batch)) {
    options.signal?.throwIfAborted()
    values.set(await predict(pixels, count), first * options.classes)
  }
  return { values, count: set.count, classes: options.classes }
}

/** Accuracy and loss only, by which an epoch is chosen. */
export function score(logits: Logits, labels: Int32Array): Score {
  const images = logits.count
  const right = countRight(logits, labels)
  return {
    images,
    right,
    accuracy: images === 0 ? 0 : right / images,
    loss: images === 0 ? 0 : negativeLogLikelihood(logits, labels),
  }
}

/** How many images are classified correctly. */
export function countRight(logits: Logits, labels: ArrayLike<number>): number {
  let right = 0
  for (let i = 0; i < logits.count; i++) if (answerOf(logits, i) === labels[i]) right++
  return right
}

/** @param answers the predictions at that temperature, in the order of the logits */
export function evaluation(
  logits: Logits,
  answers: readonly LabelledPrediction[],
  options: { classes: readonly string[]; temperature: number },
): Evaluation {
  const confusion = options.classes.map(() => options.classes.map(() => 0))
  const isCorrect = answers.map(({ label }, i) => {
    const predicted = answerOf(logits, i)
    confusion[label]![predicted]!++
    return predicted === label
  })
  const images = answers.length
  const labels = answers.map(({ label }) => label)
  const right = isCorrect.filter(Boolean).length
  const perClass = options.classes.map((name, k) => classScore(confusion, name, k))
  const macro = meanOf(perClass, (c) => (c.images > 0 ? 1 : 0))
  const weighted = meanOf(perClass, (c) => c.images)
  const isEnough = images >= FEWEST_FOR_ECE
  return {
    images,
    accuracy: wilson(right, images),
    loss: images === 0 ? 0 : negativeLogLikelihood(logits, labels, options.temperature),
    macroF1: macro.f1,
    macro,
    weighted,
    ece: isEnough ? calibrationError(answers) : null,
    reliability: isEnough ? reliability(answers) : null,
    perClass,
    confusion,
    isCorrect,
  }
}

function classScore(confusion: readonly (readonly number[])[], name: string, k: number): ClassScore {
  const hits = confusion[k]![k]!
  const images = confusion[k]!.reduce((a, b) => a + b, 0)
  const predicted = confusion.reduce((sum, row) => sum + row[k]!, 0)
  return {
    class: name,
    images,
    precision: predicted === 0 ? null : hits / predicted,
    recall: images === 0 ? null : hits / images,
    f1: images + predicted === 0 ? null : (2 * hits) / (images + predicted),
  }
}

function meanOf(perClass: readonly ClassScore[], weightOf: (score: ClassScore) => number): ClassMean {
  const total = perClass.reduce((sum, c) => sum + weightOf(c), 0)
  const mean = (of: (c: ClassScore) => number | null): number =>
    total === 0 ? 0 : perClass.reduce((sum, c) => sum + weightOf(c) * (of(c) ?? 0), 0) / total
  return { precision: mean((c) => c.precision), recall: mean((c) => c.recall), f1: mean((c) => c.f1) }
}

/** The index of the largest logit; the first one when several are equal. */
export function answerOf({ values, classes }: Logits, i: number): number {
  let best = 0
  for (let k = 1; k < classes; k++) if (values[i * classes + k]! > values[i * classes + best]!) best = k
  return best
}
