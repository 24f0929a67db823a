/** The accuracy on disturbed images of a version that was trained on all images: each is answered by last layers that
 *  were trained without it and its near-copies, as its out-of-fold answer is. The disturbances are in
 *  lib/ml/evaluate/robustness. */
import type { Card } from '#lib/contracts/bundle.ts'
import { crossValidatedAccuracy } from '#lib/domain/evaluation/cross-validated.ts'
import { firstOfGroups } from '#lib/domain/grouping/groups.ts'
import { throughJpeg } from '#lib/images/jpeg.ts'
import { disturb, DISTURBANCES } from '#lib/ml/evaluate/robustness.ts'
import { answerOf } from '#lib/ml/evaluate/evaluate.ts'
import { sampleSeed } from '#lib/ml/learn/augment.ts'
import { headLogits, type Head } from '#lib/ml/learn/softmax-regression.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { CrossValidationResult } from '../learn/material.ts'
import { computeOutputs, type MeasuredModel } from './outputs.ts'

/** Enough for ±6 points, in half a minute of one core. */
const MOST_IMAGES = 200
/** Images disturbed at a time; after so many a cancel request can arrive. */
const AT_ONCE = 8

/** @param loaded the network of the version; only its features are used
 *  @returns null where no image was left out */
export async function robustnessByFolds(
  training: SampleSet,
  { result, groups }: Pick<CrossValidationResult, 'result' | 'groups'>,
  loaded: MeasuredModel,
): Promise<NonNullable<Card['robustness']> | null> {
  const isFirst = firstOfGroups(groups)
  const all = [...isFirst.keys()].filter((i) => isFirst[i] && result.isEvaluated[i])
  if (all.length === 0) return null
  const images = Math.min(MOST_IMAGES, all.length)
  const places = Array.from({ length: images }, (_, i) => all[Math.floor((i * all.length) / images)]!)
  const right = DISTURBANCES.map(({ amounts }) => amounts.map(() => 0))
  for (let first = 0; first < images; first += AT_ONCE) {
    const some = leftOut(training, places.slice(first, first + AT_ONCE), result, loaded)
    for (const [d, { kind, amounts }] of DISTURBANCES.entries())
      for (const [level, amount] of amounts.entries()) {
        const squares = await Promise.all(
          some.map(({ square, hash }) =>
            disturb(square, { kind, amount, spec: loaded.spec, seed: sampleSeed(hash) }, throughJpeg),
          ),
        )
        right[d]![level]! += await rightOf(some, squares, loaded)
      }
  }
  const undisturbed = places.filter((i) => answerOf(result.logits, i) === training.labels[i]).length
  return {
    images,
    accuracy: crossValidatedAccuracy(undisturbed, images),
    disturbances: DISTURBANCES.map(({ kind, amounts }, d) => ({
      kind,
      levels: amounts.map((amount, level) => ({
        amount,
        accuracy: crossValidatedAccuracy(right[d]![level]!, images),
      })),
    })),
    measured_on: 'folds',
  }
}

type LeftOutImage = {
  readonly square: Uint8Array
  readonly hash: string
  readonly label: number
  /** Trained without it. */
  readonly head: Head
}

function leftOut(
  training: SampleSet,
  places: readonly number[],
  { headFor }: CrossValidationResult['result'],
  { spec }: MeasuredModel,
): readonly LeftOutImage[] {
  return places.map((i) => {
    const square = new Uint8Array(squareBytes(spec))
    training.read(i, square, 0)
    const head = headFor(i)
    if (!head) throw new Error(`image ${i} was never left out`)
    return { square, hash: training.hashes[i]!, label: training.labels[i]!, head }
  })
}

async function rightOf(
  images: readonly LeftOutImage[],
  squares: readonly Uint8Array[],
  loaded: MeasuredModel,
): Promise<number> {
  const { features } = await computeOutputs(
    { count: squares.length, read: (i, out, offset) => out.set(squares[i]!, offset) },
    loaded,
  )
  if (!features) throw new Error('the engine does not provide features')
  const length = features.length / squares.length
  return images.filter(({ head, label }, i) => {
    const values = headLogits(head, features.subarray(i * length, (i + 1) * length))
    return answerOf({ values, count: 1, classes: values.length }, 0) === label
  }).length
}
