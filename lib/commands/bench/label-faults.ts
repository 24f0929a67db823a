/** Wrong labels and foreign images that the report finds, on features that are computed once: 5 % of the labels of a
 *  set are flipped, and 2 % of its images come from another set. */
import type { SetFigures } from '#lib/domain/findings/finding.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { OUTLIER_NEIGHBOURS } from '#lib/domain/findings/outlier.ts'
import { findingsOf } from '#lib/domain/findings/registry.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import {
  meanDistances,
  nearestNeighbours,
  neighbourShares,
  type Neighbours,
} from '#lib/ml/evaluate/neighbours.ts'
import { createRandom } from '#lib/ml/random.ts'
import { byCleanlab } from './cleanlab.ts'
import { backboneForDraws, cachedSet, type CachedSet } from './cached-set.ts'
import { PHOTOGRAPHS } from './photographs.ts'
import { trainedOn } from './reshuffles.ts'

const FLIPPED_SHARE = 0.05
const FOREIGN_SHARE = 0.02
const SEED = 1

type LabelFaultOptions = {
  readonly from: readonly string[]
  readonly foreign: string | null
  readonly onStep: (text: string) => void
  readonly onLine: (line: string) => void
}

/** A table of the sets, line by line. */
export async function labelFaults({ from, foreign, onStep, onLine }: LabelFaultOptions): Promise<void> {
  const backbone = await backboneForDraws()
  await using engine = await openEngine('auto', 'inference')
  onStep('foreign images')
  using others = foreign === null ? null : await cachedSet(foreign, { engine, backbone })
  onLine(
    [
      `The pretrained network: ${backbone.name}; ${engine.detail}`,
      '',
      '| set | images | out-of-fold accuracy | flipped | reported | of these flipped | precision at that number |' +
        ' the same by cleanlab | by neighbours | foreign | found | false alarms |',
      '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ].join('\n'),
  )
  for (const one of from) {
    onStep(`${one}: features`)
    using set = await cachedSet(one, { engine, backbone })
    onStep(`${set.name}: training`)
    const { labels, flipped } = flippedLabels(set)
    const places = [...labels.keys()]
    const { result } = await trainedOn(set, places, { seed: SEED, engine, labels })
    const probabilities = places.map((i) => {
      const { values, classes } = result.logits
      return result.isEvaluated[i] ? softmax(values.slice(i * classes, (i + 1) * classes)) : null
    })
    const right = places.filter((i) => {
      const own = probabilities[i]
      return own && own.indexOf(Math.max(...own)) === set.images.labels[i]
    })
    onStep(`${set.name}: neighbours`)
    const byFolds = suspects(set, labels, probabilities)
    const rows = places.flatMap((i) => (probabilities[i] ? [{ i, probabilities: probabilities[i] }] : []))
    const cleanlab = byCleanlab(
      rows.map(({ i, probabilities: own }) => ({ label: labels[i]!, probabilities: own })),
      set.classes.length,
    ).map((row) => rows[row]!.i)
    const byNeighbours = suspects(
      set,
      labels,
      neighbourShares(neighboursIn(rowsOf(set), set.groups), labels, set.classes.length),
    )
    const outliers = others && foundOutliers(set, others)
    const among = (found: readonly number[]) => found.filter((i) => flipped.has(i)).length
    const precision = (found: readonly number[]) =>
      `${((100 * among(found.slice(0, flipped.size))) / flipped.size).toFixed(0)} %`
    onLine(
      `| ${[
        set.name,
        places.length,
        `${((100 * right.length) / places.length).toFixed(1)} %`,
        flipped.size,
        byFolds.length,
        among(byFolds),
        precision(byFolds),
        precision(cleanlab),
        precision(byNeighbours),
        outliers?.planted ?? '–',
        outliers?.found ?? '–',
        outliers?.falseAlarms ?? '–',
      ].join(' | ')} |`,
    )
  }
}

function flippedLabels({ images, classes }: CachedSet) {
  const random = createRandom(SEED)
  const order = [...images.labels.keys()].map((i) => ({ i, at: random() })).sort((a, b) => a.at - b.at)
  const flipped = new Set(order.slice(0, Math.round(FLIPPED_SHARE * images.count)).map(({ i }) => i))
  const labels = Int32Array.from(images.labels, (label, i) =>
    flipped.has(i) ? (label + 1 + Math.floor(random() * (classes.length - 1))) % classes.length : label,
  )
  return { labels, flipped }
}

const rowsOf = ({ features: { count, length, views } }: CachedSet): readonly Float32Array[] =>
  Array.from({ length: count }, (_, i) => views[0]!.subarray(i * length, (i + 1) * length))

function neighboursIn(rows: readonly Float32Array[], groups: ArrayLike<number>): Neighbours {
  const search = nearestNeighbours({ length: rows[0]!.length, rows, groups }, OUTLIER_NEIGHBOURS)
  for (;;) {
    const { done, value } = search.next()
    if (done) return value
  }
}

const setOf = (
  { classes, images: { count } }: CachedSet,
  labels: ArrayLike<number>,
  known: Partial<SetFigures>,
): SetFigures => ({
  classes,
  samples: Array.from({ length: known.distances?.length ?? count }, (_, i) => ({
    id: `${i}`,
    label: classes[labels[i] ?? -1] ?? null,
    split: 'train',
    groupId: null,
    width: 100,
    height: 100,
    figures: null,
    surroundings: null,
  })),
  ...PHOTOGRAPHS,
  ...known,
})

/** The places of reported images, the most suspicious first. */
const suspects = (
  set: CachedSet,
  labels: ArrayLike<number>,
  probabilities: SetFigures['probabilities'],
): readonly number[] =>
  findingsOf(setOf(set, labels, { probabilities })).findings.flatMap(({ kind, samples }) =>
    kind === 'mislabelled' ? [Number(samples[0])] : [],
  )

function foundOutliers(set: CachedSet, others: CachedSet) {
  const planted = Math.min(others.images.count, Math.round(FOREIGN_SHARE * set.images.count))
  const rows = [...rowsOf(set), ...rowsOf(others).slice(0, planted)]
  const groups = Int32Array.from(rows, (_row, i) => set.groups[i] ?? i)
  const distances = meanDistances(neighboursIn(rows, groups))
  const found = findingsOf(setOf(set, set.images.labels, { distances })).findings.flatMap(
    ({ kind, samples }) => (kind === 'outlier' ? [Number(samples[0])] : []),
  )
  const count = found.filter((i) => i >= set.images.count).length
  return { planted, found: count, falseAlarms: found.length - count }
}
