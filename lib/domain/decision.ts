/** How an answer is put: sure, or not sure and between which classes. It reads calibrated probabilities and the version's own threshold;
 *  it never sees a picture, and says nothing where nothing was measured. */

export type Decision = 'confident' | 'uncertain' | 'unfamiliar'

/** The candidates of an unsure answer together hold at least this much of the calibrated probability. */
export const CANDIDATE_MASS = 0.95

/** The confidence from which the answers of a version are called confident, `null` where no confidence suffices; the share of
 *  them that may be wrong; and on how many held-back images that was measured. */
export type Sureness = { readonly threshold: number | null; readonly targetError: number; readonly images: number }

export type HowSure = { readonly decision: Decision; readonly candidates: readonly number[] }

/** With fewer images, not even a faultless version could promise: the upper 95 % bound of no error in n is 1 − 0.05^(1/n). */
export const fewestToPromise = (targetError: number): number => Math.ceil(Math.log(0.05) / Math.log(1 - targetError))

/** `null` where the version was never calibrated, or on too few images to tell sure answers from unsure ones.
 *  Candidates are class indices, the likeliest first, never none. */
export function decide(probabilities: readonly number[], sureness: Sureness | null): HowSure | null {
  if (sureness === null || isUnmeasured(sureness)) return null
  const order = byProbability(probabilities)
  const first = order[0]!
  if (sureness.threshold !== null && probabilities[first]! >= sureness.threshold) return { decision: 'confident', candidates: [first] }
  return { decision: 'uncertain', candidates: fewestWithMass(order, probabilities) }
}

const isUnmeasured = ({ threshold, targetError, images }: Sureness): boolean => threshold === null && images < fewestToPromise(targetError)

/** Class indices, the likeliest first; equals keep the order of the classes. */
export const byProbability = (probabilities: readonly number[]): number[] =>
  probabilities.map((_, index) => index).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)

function fewestWithMass(order: readonly number[], probabilities: readonly number[]): number[] {
  let mass = 0
  const end = order.findIndex((index) => (mass += probabilities[index]!) >= CANDIDATE_MASS)
  return order.slice(0, end === -1 ? order.length : end + 1)
}
