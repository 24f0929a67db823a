/** Images whose label a classifier contradicts that was not trained on them. */
import { labelIssues } from './confident-joint.ts'
import { about, percent, type KindOfFinding } from './finding.ts'

export const mislabelled: KindOfFinding = {
  kind: 'mislabelled',
  remedies: ['relabel', 'exclude', 'dismiss'],
  isOpen: ({ unchanged }) => unchanged > 0,
  find: ({ classes, samples, probabilities }) => {
    if (probabilities === null) return null
    const rows = samples.flatMap(({ id, label }, i) => {
      const own = probabilities[i]
      const index = label === null ? -1 : classes.indexOf(label)
      return own && index >= 0 ? [{ id, label: index, probabilities: own }] : []
    })
    return labelIssues(rows, classes.length).map(({ row, suggested, doubt }) => {
      const { id, label, probabilities: own } = rows[row]!
      return about({
        samples: [id],
        severity: doubt,
        suggestedLabel: classes[suggested]!,
        detail:
          `Labelled “${classes[label]}” (${percent(own[label]!)}), ` +
          `but it looks like “${classes[suggested]}” (${percent(own[suggested]!)}).`,
      })
    })
  },
}
