/** Last layers on parts of stored features, for a learning curve (lib/domain/evaluation/learning-curve.ts): which
 *  images each of them predicts correctly. It reads no file and draws no conclusion. */
import {
  CURVE_DRAWS,
  CURVE_SHARES,
  RIGHT,
  TRAINED_ON,
  WRONG,
  type CurveOutcomes,
} from '#lib/domain/evaluation/learning-curve.ts'
import { createRandom, mixSeeds } from '../random.ts'
import { classWeights } from './class-weights.ts'
import { minimisation } from './lbfgs.ts'
import {
  flatLength,
  regressionLogits,
  regressionLoss,
  scalingOf,
  standardised,
  type Rows,
} from './softmax-regression.ts'

/** For standardised features; it was within a point of the best of 1 to 0.001 at every share of every set: see
 *  docs/decisions/0047-learning-curves.md. */
const STRENGTH = 0.0625
const HOW = { steps: 30, tolerance: 1e-3 } as const
const CLASS_BALANCE = 0.9999
const SEED = 1

export type CurveImages = {
  readonly rows: readonly Float32Array[]
  readonly labels: Int32Array
  readonly groups: ArrayLike<number>
  readonly classes: number
}

/** Yields between steps, so that others can run. */
export function* curveOutcomes({
  rows,
  labels,
  groups,
  classes,
}: CurveImages): Generator<void, CurveOutcomes> {
  const length = rows[0]?.length ?? 0
  const flat = new Float32Array(rows.length * length)
  rows.forEach((row, i) => flat.set(row, i * length))
  const features = standardised(flat, scalingOf({ count: rows.length, length, features: flat }))
  const folded = foldedGroups(labels, groups)
  const draws: Int8Array[][] = []
  for (let draw = 0; draw < CURVE_DRAWS; draw++) {
    const order = drawnOrder(folded, draw)
    const sizes: Int8Array[] = []
    for (const share of CURVE_SHARES) {
      const trained = order.slice(0, Math.round(share * folded.length)).flatMap(({ images }) => images)
      sizes.push(yield* outcomeOf({ features, length, labels, classes }, trained))
    }
    draws.push(sizes)
  }
  return { classes, labels, groups, draws }
}

type GroupPlace = { readonly images: readonly number[]; readonly label: number; readonly fold: number }

function foldedGroups(labels: Int32Array, groups: ArrayLike<number>): readonly GroupPlace[] {
  const random = createRandom(SEED)
  const all = [...Map.groupBy(labels.keys(), (i) => groups[i]!).values()].map((images) => ({
    images,
    label: labels[images[0]!]!,
  }))
  return [...Map.groupBy(shuffled(all, random), ({ label }) => label).values()].flatMap((own) =>
    own.map((one, rank) => ({ ...one, fold: rank % CURVE_DRAWS })),
  )
}

/** So that the first so many have as many of each class as all. The groups of one fold are not among them. */
function drawnOrder(folded: readonly GroupPlace[], draw: number): readonly GroupPlace[] {
  const random = createRandom(mixSeeds(SEED, draw))
  const rest = shuffled(
    folded.filter(({ fold }) => fold !== draw),
    random,
  )
  return [...Map.groupBy(rest, ({ label }) => label).values()]
    .flatMap((own) => own.map((one, rank) => ({ one, at: (rank + random()) / own.length })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

type StandardisedImages = {
  readonly features: Float32Array
  readonly length: number
  readonly labels: Int32Array
  readonly classes: number
}

function* outcomeOf(all: StandardisedImages, trained: readonly number[]): Generator<void, Int8Array> {
  const { features, length, labels, classes } = all
  const rows = trainingRows(all, trained)
  const towards = new Float64Array(flatLength(length, classes))
  const search = minimisation(towards, HOW)
  let next = search.next()
  while (!next.done) {
    yield
    const gradient = new Float64Array(towards.length)
    next = search.next({
      value: regressionLoss({ rows, strength: STRENGTH, towards }, next.value, gradient),
      gradient,
    })
  }
  yield
  const logits = regressionLogits(next.value.x, { count: labels.length, length, classes, features })
  const outcome = Int8Array.from(labels, (label, i) => {
    const own = logits.subarray(i * classes, (i + 1) * classes)
    return own.indexOf(Math.max(...own)) === label ? RIGHT : WRONG
  })
  for (const i of trained) outcome[i] = TRAINED_ON
  return outcome
}

function trainingRows(
  { features, length, labels, classes }: StandardisedImages,
  trained: readonly number[],
): Rows {
  const own = Int32Array.from(trained, (i) => labels[i]!)
  const rows = new Float32Array(trained.length * length)
  trained.forEach((i, at) => rows.set(features.subarray(i * length, (i + 1) * length), at * length))
  const targets = new Float32Array(trained.length * classes)
  own.forEach((label, at) => (targets[at * classes + label] = 1))
  const weights = classWeights(own, classes, CLASS_BALANCE)
  return {
    count: trained.length,
    length,
    classes,
    features: rows,
    targets,
    importance: Float32Array.from(own, (label) => weights[label]!),
  }
}
