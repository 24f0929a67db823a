/** Confident learning: which labels a classifier contradicts with confidence. Northcutt, Jiang and Chuang 2021,
 *  "Confident learning: estimating uncertainty in dataset labels", JAIR 70, sections 3.1 and 3.2; as in cleanlab 2.9,
 *  `find_label_issues` with `filter_by='confident_learning'`, and labels with hardly any probability. Pure numbers;
 *  mislabelled.ts makes findings of them. */

/** Slack of comparisons in cleanlab's `compute_confident_joint`. */
const SLACK = 1e-6
/** Lower bound of thresholds in cleanlab (CONFIDENT_THRESHOLDS_LOWER_BOUND): 2 × FLOATING_POINT_COMPARISON. */
const THRESHOLD_LEAST = 2e-6

/** Chosen on the sets of docs/performance.md: of 50 flipped labels of leaves, 47 are reported instead of 37. */
const SELF_CONFIDENCE_LEAST = 0.05

export type LabelledProbabilities = {
  /** Its label as an index. */
  readonly label: number
  /** One per class, of a model that was not trained on this image. */
  readonly probabilities: ArrayLike<number>
}

/** For each class the mean probability of that class among the images with that label; Infinity for a class without. */
export function confidentThresholds(
  rows: readonly LabelledProbabilities[],
  classes: number,
): readonly number[] {
  const sums = new Float64Array(classes)
  const counts = new Float64Array(classes)
  for (const { label, probabilities } of rows) {
    sums[label]! += probabilities[label]!
    counts[label]! += 1
  }
  return Array.from(sums, (sum, k) =>
    counts[k] === 0 ? Infinity : Math.max(THRESHOLD_LEAST, sum / counts[k]!),
  )
}

/** The class that an image confidently belongs to: the likeliest of those whose threshold it reaches; null: none. */
export function confidentClass(
  probabilities: ArrayLike<number>,
  thresholds: readonly number[],
): number | null {
  let best: number | null = null
  for (let k = 0; k < thresholds.length; k++)
    if (
      probabilities[k]! >= thresholds[k]! - SLACK &&
      (best === null || probabilities[k]! > probabilities[best]!)
    )
      best = k
  return best
}

export type LabelIssue = {
  /** Place in the rows. */
  readonly row: number
  /** The class that it confidently belongs to, or else the likeliest. */
  readonly suggested: number
  /** 1 − the probability of its label ("self-confidence"). In six sets with flipped labels, it ranks more of them
   *  first than the margin between the two classes does (docs/performance.md). */
  readonly doubt: number
}

/** Counts outside the diagonal of the confident joint, and labels that are all but excluded: in a set whose other
 *  images are nearly certain, the thresholds are so high that wrong labels reach none. Without those whose label is
 *  the likeliest class. */
export function labelIssues(rows: readonly LabelledProbabilities[], classes: number): readonly LabelIssue[] {
  const thresholds = confidentThresholds(rows, classes)
  return rows.flatMap(({ label, probabilities }, row) => {
    const own = probabilities[label]!
    const confident = confidentClass(probabilities, thresholds)
    const isExcluded = own < SELF_CONFIDENCE_LEAST
    const suggested = confident === null && isExcluded ? likeliest(probabilities) : confident
    if (suggested === null || suggested === label) return []
    return probabilities[suggested]! - own > SLACK ? [{ row, suggested, doubt: 1 - own }] : []
  })
}

const likeliest = (probabilities: ArrayLike<number>): number =>
  Array.from(probabilities).reduce((best, value, k, all) => (value > all[best]! ? k : best), 0)
