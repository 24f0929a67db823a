/** Making confidence mean what it says: temperature, calibration error, and the confidence from which an answer may be called confident.
 *  It works on logits and labels; it never sees a picture. */
import { clopperPearsonUpper } from './statistics.ts'

/** Bins of equal mass in the calibration error. Nixon et al. 2019, "Measuring calibration in deep learning" (adaptive calibration error). */
export const ECE_BINS = 15
/** Of the answers called confident, at most this share may be wrong. */
export const TARGET_ERROR = 0.02
/** Below that many images nothing about confidence is claimed. */
export const FEWEST_FOR_CALIBRATION = 100

/** Row-wise logits: `count × classes` numbers. */
export type Logits = { readonly values: Float32Array; readonly count: number; readonly classes: number }

/** Probabilities of one row at a temperature; sums to one, safe for large logits. */
export function softmax(row: Float32Array | readonly number[], temperature = 1): number[] {
  const largest = Math.max(...row)
  const powers = Array.from(row, (v) => Math.exp((v - largest) / temperature))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((p) => p / sum)
}

/** Mean negative log-likelihood of the labels at a temperature. */
export function negativeLogLikelihood(logits: Logits, labels: ArrayLike<number>, temperature = 1): number {
  let sum = 0
  for (let i = 0; i < logits.count; i++) {
    const row = rowOf(logits, i)
    const largest = row.reduce((a, b) => Math.max(a, b))
    const powers = row.reduce((total, v) => total + Math.exp((v - largest) / temperature), 0)
    sum += Math.log(powers) - (row[labels[i]!]! - largest) / temperature
  }
  return sum / logits.count
}

/** The one number that makes confidence fit. Guo et al. 2017, "On calibration of modern neural networks", §4.2; golden-section search
 *  over its logarithm, in which the likelihood has one minimum. */
export function fitTemperature(logits: Logits, labels: ArrayLike<number>): number {
  const golden = (Math.sqrt(5) - 1) / 2
  const cost = (log: number) => negativeLogLikelihood(logits, labels, Math.exp(log))
  let low = Math.log(0.05)
  let high = Math.log(20)
  for (let i = 0; i < 40; i++) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (cost(left) < cost(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

/** One answer: how sure, and whether it was right. */
export type Answered = { readonly confidence: number; readonly isRight: boolean }

export function answersAt(logits: Logits, labels: ArrayLike<number>, temperature: number): Answered[] {
  return Array.from({ length: logits.count }, (_, i) => {
    const probabilities = softmax(rowOf(logits, i), temperature)
    const confidence = Math.max(...probabilities)
    return { confidence, isRight: probabilities.indexOf(confidence) === labels[i] }
  })
}

/** Expected calibration error over bins of equal mass: mean distance between confidence and share of right answers. */
export function calibrationError(answers: readonly Answered[]): number {
  const sorted = answers.toSorted((a, b) => a.confidence - b.confidence)
  const bins = Math.min(ECE_BINS, sorted.length)
  let error = 0
  for (let bin = 0; bin < bins; bin++) {
    const of = sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins))
    const sure = of.reduce((sum, a) => sum + a.confidence, 0)
    const right = of.filter((a) => a.isRight).length
    error += Math.abs(sure - right)
  }
  return sorted.length === 0 ? 0 : error / sorted.length
}

export type ConfidentFrom = { readonly threshold: number | null; readonly shareAnswered: number | null; readonly errorAmongAnswered: number | null }

/** The smallest confidence from which the upper 95 % bound of the error stays within the target: selective classification,
 *  Geifman & El-Yaniv 2017, with Clopper–Pearson's bound. `null` where no confidence suffices. */
export function confidentFrom(answers: readonly Answered[], targetError = TARGET_ERROR): ConfidentFrom {
  const surest = answers.toSorted((a, b) => b.confidence - a.confidence)
  let errors = 0
  let best: ConfidentFrom = { threshold: null, shareAnswered: null, errorAmongAnswered: null }
  surest.forEach((answer, i) => {
    if (!answer.isRight) errors += 1
    const isLastOfItsConfidence = surest[i + 1]?.confidence !== answer.confidence
    if (isLastOfItsConfidence && clopperPearsonUpper(errors, i + 1) <= targetError) {
      best = { threshold: answer.confidence, shareAnswered: (i + 1) / surest.length, errorAmongAnswered: errors / (i + 1) }
    }
  })
  return best
}

function rowOf(logits: Logits, i: number): Float32Array {
  return logits.values.subarray(i * logits.classes, (i + 1) * logits.classes)
}
