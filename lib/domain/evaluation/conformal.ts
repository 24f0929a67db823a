/** The candidate classes of a prediction: adaptive prediction sets that contain the true class with a given
 *  frequency. Romano, Sesia and Candès 2020, "Classification with valid and adaptive coverage", split
 *  conformal. It works on probabilities, not on images. */
import { FEWEST_FOR_CALIBRATION, type LabelledPrediction } from './calibration.ts'
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

/** A prediction for an image whose class is known, and the random draw of the image. */
export type ConformalPrediction = Pick<LabelledPrediction, 'probabilities' | 'label'> & {
  readonly chance: number
}

/** The predictions with the draws of their images.
 *  @param hashes of the images, in the same order */
export const withChances = <P extends LabelledPrediction>(
  predictions: readonly P[],
  hashes: readonly string[],
): (P & ConformalPrediction)[] =>
  predictions.map((prediction, i) => ({ ...prediction, chance: chanceOf(hashes[i]!) }))

/** The mass up to which classes are candidates: the ⌈(n + 1) · level⌉-th smallest score of the calibration
 *  images. `null` when there are too few. */
export function candidateMass(
  predictions: readonly ConformalPrediction[],
  level = CANDIDATE_LEVEL,
): number | null {
  const rank = Math.ceil((predictions.length + 1) * level)
  if (predictions.length < FEWEST_FOR_CALIBRATION || rank > predictions.length) return null
  return predictions
    .map(({ probabilities, label, chance }) => conformityScore(probabilities, label, chance))
    .sort((a, b) => a - b)[rank - 1]!
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

/** `null` when there are no predictions. */
export function coverageOf(predictions: readonly ConformalPrediction[], mass: number): Coverage | null {
  const images = predictions.length
  if (images === 0) return null
  let [covered, sizes] = [0, 0]
  for (const { probabilities, label, chance } of predictions) {
    const candidates = candidatesWithin(probabilities, { mass, chance })
    sizes += candidates.length
    if (candidates.includes(label)) covered += 1
  }
  return { images, coverage: wilson(covered, images), meanSize: sizes / images }
}
