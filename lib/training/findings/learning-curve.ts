/** What more images of a classifier would bring, from the features that its live version has stored: last layers are
 *  trained on parts of them (lib/ml/learn/curve-heads.ts). It decodes nothing and stores nothing. */
import { createHash } from 'node:crypto'
import type { LearningCurvesAnswer } from '#lib/contracts/learning-curve.ts'
import type { StoredCurve } from '#lib/data/samples/learning-curves.ts'
import { groupNumbers } from '#lib/domain/grouping/groups.ts'
import {
  learningCurves,
  type LearningCurve,
  type LearningCurves,
} from '#lib/domain/evaluation/learning-curve.ts'
import { curveOutcomes } from '#lib/ml/learn/curve-heads.ts'
import { createRandom } from '#lib/ml/random.ts'
import { drawnPlaces } from './drawn-places.ts'
import { inTurns } from './in-turns.ts'
import type { CheckedImage, LearnedFiguresPorts } from './learned-figures.ts'
import { storedRows } from './stored-rows.ts'

/** Of more, so many are drawn: about ten seconds on one core. */
const MOST_IMAGES = 4_000
const SEED = 1
/** Part of the basis: another number where the method changes. */
const METHOD = 1

/** @param known what is stored, which is returned where nothing has changed since. Null: no version, or no features. */
export async function learningCurveOf(
  classifierId: string,
  { images, known }: { readonly images: readonly CheckedImage[]; readonly known: StoredCurve | null },
  { data, dataDir, signal }: LearnedFiguresPorts & { readonly signal: AbortSignal },
): Promise<StoredCurve | null> {
  const live = await data.live.of(classifierId)
  if (!live?.version || images.length === 0) return null
  const { classes } = await data.classifiers.get(classifierId)
  const labelled = images.filter(({ label }) => label !== null && classes.includes(label))
  const stored = await storedRows(await data.versions.get(live.version.id), labelled, dataDir)
  if (stored === null) return null
  const basis = basisOf(stored.name, classes, labelled)
  if (known?.basis === basis) return known
  // a single class is always predicted correctly
  if (new Set(labelled.map(({ label }) => label)).size < 2) return { basis, curves: null }
  const drawn = drawnPlaces(stored.places.length, MOST_IMAGES)
  const own = drawn.map((place) => labelled[stored.places[place]!]!)
  const outcomes = await inTurns(
    curveOutcomes({
      rows: drawn.map((place) => stored.rows[place]!),
      labels: Int32Array.from(own, ({ label }) => classes.indexOf(label!)),
      groups: groupNumbers(own.map(({ id, groupId }) => groupId ?? id)),
      classes: classes.length,
    }),
    signal,
  )
  const counts = classes.map((name) => labelled.filter(({ label }) => label === name).length)
  const curves = learningCurves({ ...outcomes, counts }, createRandom(SEED))
  return { basis, curves: curves && answerOf(curves, classes) }
}

function basisOf(name: string, classes: readonly string[], images: readonly CheckedImage[]): string {
  const hash = createHash('sha256').update(JSON.stringify([METHOD, name, classes]))
  for (const { hash: image, label, groupId } of images) hash.update(JSON.stringify([image, label, groupId]))
  return hash.digest('hex')
}

const answerOf = ({ all, perClass }: LearningCurves, classes: readonly string[]): LearningCurvesAnswer => ({
  all: curveAnswer(all),
  per_class: classes.map((name, k) => {
    const curve = perClass[k] ?? null
    return { class: name, curve: curve && curveAnswer(curve) }
  }),
})

const curveAnswer = ({ powerLaw, ...curve }: LearningCurve): LearningCurvesAnswer['all'] => ({
  ...curve,
  power_law: powerLaw,
  measured: [...curve.measured],
  forecast: [...curve.forecast],
})
