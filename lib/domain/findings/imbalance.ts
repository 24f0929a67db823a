/** Classes that are far rarer than the others, so that a classifier seldom predicts them. */
import { about, percent, type KindOfFinding } from './finding.ts'
import { always } from './open-findings.ts'
import { countsByClass } from './class-counts.ts'

/** Of an equal share: cleanlab 2.9, ClassImbalanceIssueManager, which reports the rarest class alone. */
const SHARE_LEAST = 0.1

export const imbalance: KindOfFinding = {
  kind: 'imbalance',
  remedies: ['add_more'],
  isOpen: always,
  find: (set) => {
    const counts = countsByClass(set)
    const total = counts.reduce((sum, { images }) => sum + images, 0)
    const least = (SHARE_LEAST * total) / counts.length
    return counts.flatMap(({ name, images }) =>
      images === 0 || images >= least
        ? []
        : [
            about({
              samples: [],
              suggestedLabel: name,
              severity: 1 - images / least,
              detail:
                `“${name}” has ${images} of ${total} images, ` +
                `${percent((images * counts.length) / total)} of an equal share.`,
            }),
          ],
    )
  },
}
