/** Images that were uploaded with several labels: excluded until a person chooses one. */
import { about, type KindOfFinding } from './finding.ts'

export const labelConflict: KindOfFinding = {
  kind: 'label_conflict',
  remedies: ['relabel'],
  isOpen: ({ excluded }) => excluded > 0,
  find: ({ conflicts }) =>
    conflicts.map(({ sampleId, labels }) =>
      about({
        samples: [sampleId],
        labels,
        severity: 1,
        detail:
          `It was uploaded as ${labels.map((label) => `“${label}”`).join(' and ')}. ` +
          'It is not used until you choose one.',
      }),
    ),
}
