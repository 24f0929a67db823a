/** Images unlike all others of the set, by the features of a network: another subject, a screenshot, a broken file. */
import { about, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'
import { percentile } from './image-figures.ts'

/** An image is an outlier where its mean distance to its neighbours is more than so many interquartile ranges above the
 *  upper quartile: cleanlab 2.9, OutlierIssueManager, 1 / 0.37037 − 1. */
const IQR_FACTOR = 1 / 0.37037 - 1
/** Neighbours of the mean distance: cleanlab 2.9, OutOfDistribution. */
export const OUTLIER_NEIGHBOURS = 10
const FEWEST = 3 * OUTLIER_NEIGHBOURS

export const outlier: KindOfFinding = {
  kind: 'outlier',
  remedies: ['exclude', 'relabel', 'dismiss'],
  isOpen: whileUsable,
  find: ({ samples, distances }) => {
    if (distances === null) return null
    const known = distances.filter((distance) => !Number.isNaN(distance)).sort()
    if (known.length < FEWEST) return null
    const [q1, q3] = [percentile(known, 0.25), percentile(known, 0.75)]
    const most = q3 + IQR_FACTOR * (q3 - q1)
    const median = percentile(known, 0.5)
    return samples.flatMap(({ id }, i) => {
      const distance = distances[i]!
      if (Number.isNaN(distance) || distance <= most || distance === 0) return []
      const times = median > 0 ? ` ${(distance / median).toFixed(1)} times as far as is usual` : ' far'
      return [
        about({
          samples: [id],
          severity: 1 - most / distance,
          detail: `It is${times} from the images that are most like it.`,
        }),
      ]
    })
  },
}
