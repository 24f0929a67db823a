/** Calibration: the temperature, the calibration error, and the confidence from which a prediction may be called
 *  confident. It works on logits and labels, not on images. */
import { clopperPearsonUpper } from './statistics.ts'

/** Bins of equal mass in the calibration error. Nixon et al. 2019, "Measuring calibration in deep learning"
 *  (adaptive calibration error). */
export const ECE_BINS = 15
/** The maximum share of incorrect predictions among those called confident. */
export const TARGET_ERROR = 0.02
/** The same where it is measured on fewer images than this: proving 2 % takes 149 confident predictions without an
 *  error, proving 5 % takes 59. */
export const TARGET_ERROR_OF_FEW = 0.05
const FEW_IMAGES = 300

export const targetErrorFor = (images: number): number =>
  images < FEW_IMAGES ? TARGET_ERROR_OF_FEW : TARGET_ERROR

/** With fewer images, confidence is not calibrated. */
export const FEWEST_FOR_CALIBRATION = 100

/** Row-wise logits: `count × classes` numbers. */
export type Logits = { readonly values: Float32Array; readonly count: number; readonly classes: number }

/** Probabilities of one row at a temperature; sums to one, safe for large logits. */
export function softmax(row: Float32Array | readonly number[], temperature = 1): number[] {
  let largest = -Infinity
  for (let i = 0; i < row.length; i++) if (row[i]! > largest) largest = row[i]!
  const powers: number[] = []
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const power = Math.exp((row[i]! - largest) / temperature)
    powers.push(power)
    sum += power
  }
  for (let i = 0; i < powers.length; i++) powers[i]! /= sum
  return powers
}

/** Negative log-likelihood of the label of each row at a temperature. */
export function logLosses(logits: Logits, labels: ArrayLike<number>, temperature = 1): Float64Array {
  const { values, count, classes } = logits
  const losses = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * classes
    let largest = -Infinity
    for (let k = 0; k < classes; k++) if (values[at + k]! > largest) largest = values[at + k]!
    let powers = 0
    for (let k = 0; k < classes; k++) powers += Math.exp((values[at + k]! - largest) / temperature)
    losses[i] = Math.log(powers) - (values[at + labels[i]!]! - largest) / temperature
  }
  return losses
}

/** Mean negative log-likelihood of the labels at a temperature. */
export function negativeLogLikelihood(logits: Logits, labels: ArrayLike<number>, temperature = 1): number {
  const losses = logLosses(logits, labels, temperature)
  let sum = 0
  for (let i = 0; i < losses.length; i++) sum += losses[i]!
  return sum / logits.count
}

/** Temperature scaling: Guo et al. 2017, "On calibration of modern neural networks",
 *  §4.2; golden-section search over the logarithm of the temperature, where the likelihood has one minimum. */
export function fitTemperature(logits: Logits, labels: ArrayLike<number>): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  const cost = (log: number) => negativeLogLikelihood(logits, labels, Math.exp(log))
  let low = Math.log(0.05)
  let high = Math.log(20)
  for (let i = 0; i < 40; i++) {
    const left = high - ratio * (high - low)
    const right = low + ratio * (high - low)
    if (cost(left) < cost(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

/** One prediction: its confidence, and whether it was correct. */
export type ScoredPrediction = { readonly confidence: number; readonly isRight: boolean }

/** One prediction with its probabilities and the class that the image shows. */
export type LabelledPrediction = ScoredPrediction & {
  readonly probabilities: readonly number[]
  readonly label: number
}

/** The predictions at a temperature, computed once for all figures that are read from them. */
export function answersAt(
  logits: Logits,
  labels: ArrayLike<number>,
  temperature: number,
): LabelledPrediction[] {
  return Array.from({ length: logits.count }, (_, i) => {
    const probabilities = softmax(rowOf(logits, i), temperature)
    const confidence = Math.max(...probabilities)
    const label = labels[i]!
    return { probabilities, label, confidence, isRight: probabilities.indexOf(confidence) === label }
  })
}

/** Predictions of about the same confidence: their mean confidence, and how many of them were correct. */
export type ReliabilityBin = { readonly images: number; readonly confidence: number; readonly right: number }

/** Bins of equal mass, the least confident first. */
export function reliability(answers: readonly ScoredPrediction[]): readonly ReliabilityBin[] {
  const sorted = answers.toSorted((a, b) => a.confidence - b.confidence)
  const bins = Math.min(ECE_BINS, sorted.length)
  return Array.from({ length: bins }, (_, bin) => {
    const of = sorted.slice(
      Math.floor((bin * sorted.length) / bins),
      Math.floor(((bin + 1) * sorted.length) / bins),
    )
    return {
      images: of.length,
      confidence: of.reduce((sum, a) => sum + a.confidence, 0) / of.length,
      right: of.filter((a) => a.isRight).length,
    }
  })
}

/** Expected calibration error over these bins: mean distance between confidence and accuracy. */
export function calibrationError(answers: readonly ScoredPrediction[]): number {
  const error = reliability(answers).reduce(
    (sum, { images, confidence, right }) => sum + Math.abs(confidence * images - right),
    0,
  )
  return answers.length === 0 ? 0 : error / answers.length
}

export type ConfidenceThreshold = {
  readonly threshold: number | null
  readonly shareAnswered: number | null
  readonly errorAmongAnswered: number | null
}

/** The lowest confidence from which the upper 95 % bound of the error stays within the target: selective
 *  classification, Geifman & El-Yaniv 2017, with Clopper–Pearson's bound. `null` when no confidence
 *  suffices. */
export function confidentFrom(
  answers: readonly ScoredPrediction[],
  targetError = TARGET_ERROR,
): ConfidenceThreshold {
  const surest = answers.toSorted((a, b) => b.confidence - a.confidence)
  let errors = 0
  let best: ConfidenceThreshold = { threshold: null, shareAnswered: null, errorAmongAnswered: null }
  surest.forEach((answer, i) => {
    if (!answer.isRight) errors += 1
    const isLastOfItsConfidence = surest[i + 1]?.confidence !== answer.confidence
    if (isLastOfItsConfidence && clopperPearsonUpper(errors, i + 1) <= targetError) {
      best = {
        threshold: answer.confidence,
        shareAnswered: (i + 1) / surest.length,
        errorAmongAnswered: errors / (i + 1),
      }
    }
  })
  return best
}

/** The largest multiple of the existing validation images that is still useful to state. */
const MOST_TIMES = 200

/** How many validation images a confidence threshold would need, if predictions stay as accurate as these;
 *  `null` when even the most confident ones are incorrect too often. For versions without a threshold. */
export function imagesForThreshold(
  answers: readonly ScoredPrediction[],
  targetError = TARGET_ERROR,
): number | null {
  const surest = answers.toSorted((a, b) => b.confidence - a.confidence)
  let errors = 0
  let fewest: number | null = null
  for (const [i, answer] of surest.entries()) {
    const images = i + 1
    if (!answer.isRight) errors += 1
    if (surest[images]?.confidence === answer.confidence || errors / images >= targetError) continue
    for (
      let times = 1;
      times <= MOST_TIMES && (fewest === null || times * surest.length < fewest);
      times *= 1.05
    ) {
      if (clopperPearsonUpper(Math.round(errors * times), Math.round(images * times)) <= targetError)
        fewest = Math.ceil(times * surest.length)
    }
  }
  return fewest
}

/** The same with the target error that applies to that many images. */
export function imagesForConfidence(answers: readonly ScoredPrediction[]): number | null {
  const images = imagesForThreshold(answers, targetErrorFor(answers.length))
  return images === null || targetErrorFor(images) === targetErrorFor(answers.length)
    ? images
    : imagesForThreshold(answers, targetErrorFor(images))
}

function rowOf(logits: Logits, i: number): Float32Array {
  return logits.values.subarray(i * logits.classes, (i + 1) * logits.classes)
}
