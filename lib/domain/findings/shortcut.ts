/** What distinguishes the classes apart from the subject: the border, the light, the size or the file. A classifier
 *  that uses it works in the set and fails elsewhere (Geirhos et al. 2020, "Shortcut learning in deep neural
 *  networks"). */
import { wilson } from '../evaluation/statistics.ts'
import { about, percent, type FindingSample, type KindOfFinding } from './finding.ts'
import { always } from './open-findings.ts'
import { crossValidated, type LabelledRow } from './naive-bayes.ts'
import type { Surroundings } from './surroundings.ts'

type Probe = {
  /** Completes "By … alone". */
  readonly name: string
  readonly values: (sample: FindingSample, surroundings: Surroundings) => readonly number[]
}

const PROBES: readonly Probe[] = [
  { name: 'the colours along the border', values: (_, { border }) => border },
  { name: 'brightness and contrast', values: (_, { level, contrast }) => [level, contrast] },
  {
    name: 'the size of the images',
    values: ({ width, height }) => [Math.log(width * height), width / height],
  },
  {
    name: 'the type and compression of the files',
    values: (_, { quantisation, bytesPerPixel }) => [quantisation, bytesPerPixel],
  },
]

/** Of what the classifier is better than chance. In six sets as they are, the most is 0.63: fruits by brightness. */
const LEAST_SHARE = 0.8
const FEWEST_OF_CLASS = 5

export const shortcut: KindOfFinding = {
  kind: 'shortcut',
  remedies: ['add_more'],
  isOpen: always,
  find: ({ classes, samples, probabilities, hasPhotographs }) => {
    if (!hasPhotographs) return []
    if (probabilities === null) return null
    const known = samples.flatMap((sample, i) => {
      const label = sample.label === null ? -1 : classes.indexOf(sample.label)
      const own = probabilities[i]
      return label >= 0 && own && sample.surroundings
        ? [{ sample, label, surroundings: sample.surroundings, predicted: likeliest(own) }]
        : []
    })
    const ofClass = Map.groupBy(known, ({ label }) => label)
    const judged = known.filter(({ label }) => ofClass.get(label)!.length >= FEWEST_OF_CLASS)
    const labels = judged.map(({ label }) => label)
    const present = new Set(labels).size
    if (present < 2) return known.length === 0 ? null : []
    const classifier = balancedAccuracy(
      labels,
      judged.map(({ predicted }) => predicted),
    )
    const chance = 1 / present
    return PROBES.flatMap(({ name, values }) => {
      const rows = judged.map(({ sample, label, surroundings }): LabelledRow => ({
        values: values(sample, surroundings),
        label,
        group: sample.groupId ?? sample.id,
      }))
      const accuracy = balancedAccuracy(labels, crossValidated(rows, classes.length))
      const groups = new Set(rows.map(({ group }) => group)).size
      const { low } = wilson(accuracy * groups, groups)
      const share = (low - chance) / (classifier - chance)
      if (classifier <= chance || share < LEAST_SHARE) return []
      return about({
        samples: [],
        severity: Math.min(1, share),
        detail:
          `By ${name} alone, ${percent(accuracy)} of the images are assigned to their class; ` +
          `the classifier assigns ${percent(classifier)} correctly.`,
      })
    })
  },
}

const likeliest = (probabilities: ArrayLike<number>): number =>
  Array.from(probabilities).reduce((best, value, i, all) => (value > all[best]! ? i : best), 0)

/** The mean over the classes of the share that is predicted correctly, so that a large class does not decide. */
function balancedAccuracy(labels: readonly number[], predicted: readonly number[]): number {
  const places = Map.groupBy(labels.keys(), (i) => labels[i]!)
  const shares = [...places].map(
    ([label, own]) => own.filter((i) => predicted[i] === label).length / own.length,
  )
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}
