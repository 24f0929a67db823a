/** The candidate classes of a prediction: adaptive prediction sets that contain the true class with a given
 *  frequency. Romano, Sesia and Candès 2020, "Classification with valid and adaptive coverage", split
 *  conformal. It works on probabilities, not on images. */
import { FEWEST_FOR_CALIBRATION, softmax, type Logits } from './calibration.ts'
import { wilson, type Interval } from './statistics.ts'

/** The candidates of all predictions contain the true class at least this often. */
export const CANDIDATE_LEVEL = 0.95

/** Class indices, the likeliest first; equals keep the order of the classes, as sorting does. */
export const byProbability = (probabilities: readonly number[]): number[] =>
  probabilities.map((_, index) => index).sort((a, b) => probabilities[b]! - probabilities[a]!)

/** The random draw of an image's set, in [0, 1), from its content hash. Without a random draw the sets
 *  would be larger than necessary (§1.2 of the paper), and this way the same image always has the same candidates.
 *  It uses digits of the hash that neither splits nor halves use. */
export function chanceOf(hash: string): number {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`"${hash}" is not a sha256 in hex`)
  return Number.parseInt(hash.slice(16, 28), 16) / 2 ** 48
}

/** The mass of the classes that are more likely than the label, and a random share of its own (eq. 7 of the
 *  paper). */
export function conformityScore(probabilities: readonly number[], label: number, chance: number): number {
  let mass = 0
  for (const index of byProbability(probabilities)) {
    if (index === label) return mass + chance * probabilities[index]!
    mass += probabilities[index]!
  }
  throw new Error(`There is no class ${label} among ${probabilities.length}`)
}

/** Predictions with their labels, and the random draw of each image. */
export type ConformalSample = {
  readonly logits: Logits
  readonly labels: ArrayLike<number>
  readonly chances: readonly number[]
}

/** The mass up to which classes are candidates: the ⌈(n + 1) · level⌉-th smallest score of the calibration
 *  images. `null` when there are too few. */
export function candidateMass(
  { logits, labels, chances }: ConformalSample,
  temperature: number,
  level = CANDIDATE_LEVEL,
): number | null {
  const rank = Math.ceil((logits.count + 1) * level)
  if (logits.count < FEWEST_FOR_CALIBRATION || rank > logits.count) return null
  const scores = chances.map((chance, i) =>
    conformityScore(rowOf(logits, i, temperature), labels[i]!, chance),
  )
  return scores.sort((a, b) => a - b)[rank - 1]!
}

/** The candidates of one prediction, the most likely first. Never none: where the random draw would leave the set
 *  empty, the most likely class stays. */
export function candidatesWithin(
  probabilities: readonly number[],
  { mass, chance }: { readonly mass: number; readonly chance: number },
): number[] {
  const order = byProbability(probabilities)
  let before = 0
  const end = order.findIndex((index) => {
    const isOut = before + chance * probabilities[index]! > mass
    before += probabilities[index]!
    return isOut
  })
  return order.slice(0, end === -1 ? order.length : Math.max(1, end))
}

/** How often the candidates include the true class, and the mean number of candidates. */
export type Coverage = { readonly images: number; readonly coverage: Interval; readonly meanSize: number }

/** Over the images that `counts` selects; `null` when there are none. */
export function coverageOf(
  { logits, labels, chances }: ConformalSample,
  rule: { readonly temperature: number; readonly mass: number },
  counts: (image: number) => boolean = () => true,
): Coverage | null {
  let [images, covered, sizes] = [0, 0, 0]
  chances.forEach((chance, i) => {
    if (!counts(i)) return
    const candidates = candidatesWithin(rowOf(logits, i, rule.temperature), { mass: rule.mass, chance })
    images += 1
    sizes += candidates.length
    if (candidates.includes(labels[i]!)) covered += 1
  })
  return images === 0 ? null : { images, coverage: wilson(covered, images), meanSize: sizes / images }
}

const rowOf = ({ values, classes }: Logits, i: number, temperature: number): number[] =>
  softmax(values.subarray(i * classes, (i + 1) * classes), temperature)
