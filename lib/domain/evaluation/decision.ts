/** The decision about a prediction: confident, uncertain between some classes, or unfamiliar. It reads
 *  calibrated probabilities and the version's own thresholds, not images, and decides nothing that the version
 *  has not measured. */
import { byProbability, candidatesWithin } from './conformal.ts'
import type { ImageProblem } from '../image.ts'

export type Decision = 'confident' | 'uncertain' | 'unfamiliar'

/** When no mass was measured, the candidates of an uncertain prediction together have at least this much of the
 *  calibrated probability. */
export const CANDIDATE_MASS = 0.95

/** The confidence from which the predictions of a version are called confident, `null` when no confidence
 *  suffices; the share of them that may be incorrect; and the number of validation images it was measured on. */
export type Sureness = {
  readonly threshold: number | null
  readonly targetError: number
  readonly images: number
}

/** The thresholds that a version measured on validation images; each `null` when they were too few. */
export type ReliabilityThresholds = {
  readonly sureness: Sureness | null
  /** of conformal.ts */ readonly candidateMass: number | null
  /** of familiarity.ts */ readonly familiarUpTo: number | null
}

/** The properties of the image itself: the random draw of its candidates, computed only when it matters, its
 *  distance from the training images, and why it shows nothing that could be classified. */
export type DecisionInput = {
  readonly chance: () => number
  readonly distance: number | null
  readonly problem: ImageProblem | null
}

/** `decision` is `null` when the version has no threshold, `candidates` (class indices, the most likely first,
 *  never none) when nothing was measured. */
export type HowSure = { readonly decision: Decision | null; readonly candidates: readonly number[] | null }

/** With fewer images, not even a version without errors has a threshold: the upper 95 % bound of no error in n
 *  is 1 − 0.05^(1/n). */
export const fewestForThreshold = (targetError: number): number =>
  Math.ceil(Math.log(0.05) / Math.log(1 - targetError))

/** An image unlike the training images is reported as unfamiliar, however confident the network is, because its
 *  confidence was not measured on such images. */
export function decide(
  probabilities: readonly number[],
  { sureness, candidateMass, familiarUpTo }: ReliabilityThresholds,
  { chance, distance, problem }: DecisionInput,
): HowSure {
  const candidates = (): readonly number[] | null => {
    if (candidateMass !== null)
      return candidatesWithin(probabilities, { mass: candidateMass, chance: chance() })
    return sureness === null || isUnmeasured(sureness) ? null : fewestWithMass(probabilities)
  }
  // a network classifies a blank image like any other, often with full confidence
  if (problem !== null) return { decision: 'unfamiliar', candidates: candidates() }
  if (familiarUpTo !== null && distance !== null && distance > familiarUpTo)
    return { decision: 'unfamiliar', candidates: candidates() }
  if (sureness === null || isUnmeasured(sureness)) return { decision: null, candidates: candidates() }
  const first = byProbability(probabilities)[0]!
  if (sureness.threshold !== null && probabilities[first]! >= sureness.threshold)
    return { decision: 'confident', candidates: [first] }
  return { decision: 'uncertain', candidates: candidates() }
}

const isUnmeasured = ({ threshold, targetError, images }: Sureness): boolean =>
  threshold === null && images < fewestForThreshold(targetError)

function fewestWithMass(probabilities: readonly number[]): number[] {
  const order = byProbability(probabilities)
  let mass = 0
  const end = order.findIndex((index) => (mass += probabilities[index]!) >= CANDIDATE_MASS)
  return order.slice(0, end === -1 ? order.length : end + 1)
}
