/** The wrong labels that cleanlab finds by its defaults, for comparison: `find_label_issues` with
 *  `filter_by='prune_by_noise_rate'` and `return_indices_ranked_by='self_confidence'`, after Northcutt, Jiang and
 *  Chuang 2021, "Confident learning", JAIR 70, sections 3.1 to 3.3. The product does not use it. */
import {
  confidentClass,
  confidentThresholds,
  type LabelledProbabilities,
} from '#lib/domain/findings/confident-joint.ts'

/** Places of the rows, the most suspicious first. */
export function byCleanlab(rows: readonly LabelledProbabilities[], classes: number): readonly number[] {
  const thresholds = confidentThresholds(rows, classes)
  const joint = Array.from({ length: classes }, () => new Float64Array(classes))
  for (const { label, probabilities } of rows) {
    const confident = confidentClass(probabilities, thresholds)
    if (confident !== null) joint[label]![confident]! += 1
  }
  const places = Map.groupBy(rows.keys(), (i) => rows[i]!.label)
  const pruned = new Set<number>()
  for (const [label, own] of places) {
    const counts = joint[label]!
    const counted = counts.reduce((sum, count) => sum + count, 0)
    if (counted === 0) continue
    for (let other = 0; other < classes; other++) {
      if (other === label) continue
      const margin = (i: number): number => rows[i]!.probabilities[other]! - rows[i]!.probabilities[label]!
      // calibrated, so that the counts of a class sum to its images
      const wrong = Math.round((counts[other]! / counted) * own.length)
      for (const i of own.toSorted((a, b) => margin(b) - margin(a)).slice(0, wrong))
        if (isContradicted(rows[i]!)) pruned.add(i)
    }
  }
  const selfConfidence = (i: number): number => rows[i]!.probabilities[rows[i]!.label]!
  return [...pruned].toSorted((a, b) => selfConfidence(a) - selfConfidence(b))
}

const isContradicted = ({ label, probabilities }: LabelledProbabilities): boolean =>
  Math.max(...Array.from(probabilities)) > probabilities[label]!
