/** How an answer is put: sure, not sure and between which classes, or like nothing that was learnt. It reads
 *  calibrated probabilities and the version's own thresholds; it never sees a picture, and says nothing where
 *  nothing was measured. */
import { byProbability, candidatesWithin } from './conformal.ts'

export type Decision = 'confident' | 'uncertain' | 'unfamiliar'

/** Where no mass was measured, the candidates of an unsure answer together hold at least this much of the
 *  calibrated probability. */
export const CANDIDATE_MASS = 0.95

/** The confidence from which the answers of a version are called confident, `null` where no confidence
 *  suffices; the share of them that may be wrong; and on how many held-back images that was measured. */
export type Sureness = {
  readonly threshold: number | null
  readonly targetError: number
  readonly images: number
}

/** What a version measured on held-back pictures; each `null` where they were too few. */
export type Promises = {
  readonly sureness: Sureness | null
  /** of conformal.ts */ readonly candidateMass: number | null
  /** of familiarity.ts */ readonly familiarUpTo: number | null
}

/** What of the picture itself counts: the chance of its candidates, asked only where it matters, and how far
 *  it is from all that was learnt. */
export type DecisionInput = { readonly chance: () => number; readonly distance: number | null }

/** `decision` is `null` where nothing may be promised, `candidates` (class indices, the likeliest first,
 *  never none) where nothing was measured. */
export type HowSure = { readonly decision: Decision | null; readonly candidates: readonly number[] | null }

/** With fewer images, not even a faultless version could promise: the upper 95 % bound of no error in n is 1
 *  − 0.05^(1/n). */
export const fewestToPromise = (targetError: number): number =>
  Math.ceil(Math.log(0.05) / Math.log(1 - targetError))

/** A picture like nothing that was learnt is said to be so, however sure the network is: its confidence was
 *  never measured on such. */
export function decide(
  probabilities: readonly number[],
  { sureness, candidateMass, familiarUpTo }: Promises,
  { chance, distance }: DecisionInput,
): HowSure {
  const candidates = (): readonly number[] | null => {
    if (candidateMass !== null)
      return candidatesWithin(probabilities, { mass: candidateMass, chance: chance() })
    return sureness === null || isUnmeasured(sureness) ? null : fewestWithMass(probabilities)
  }
  if (familiarUpTo !== null && distance !== null && distance > familiarUpTo)
    return { decision: 'unfamiliar', candidates: candidates() }
  if (sureness === null || isUnmeasured(sureness)) return { decision: null, candidates: candidates() }
  const first = byProbability(probabilities)[0]!
  if (sureness.threshold !== null && probabilities[first]! >= sureness.threshold)
    return { decision: 'confident', candidates: [first] }
  return { decision: 'uncertain', candidates: candidates() }
}

const isUnmeasured = ({ threshold, targetError, images }: Sureness): boolean =>
  threshold === null && images < fewestToPromise(targetError)

function fewestWithMass(probabilities: readonly number[]): number[] {
  const order = byProbability(probabilities)
  let mass = 0
  const end = order.findIndex((index) => (mass += probabilities[index]!) >= CANDIDATE_MASS)
  return order.slice(0, end === -1 ? order.length : end + 1)
}
