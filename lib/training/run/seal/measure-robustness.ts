/** The accuracy of a version on disturbed test images, and the gain from averaging over an image and its mirror
 *  image. The disturbances are in lib/ml/evaluate/robustness. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { Logits } from '#lib/domain/evaluation/calibration.ts'
import { wilson, type Interval } from '#lib/domain/evaluation/statistics.ts'
import { throughJpeg } from '#lib/images/jpeg.ts'
import { sampleSeed } from '#lib/ml/learn/augment.ts'
import { countRight } from '#lib/ml/evaluate/evaluate.ts'
import { squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { mirroredSquare } from '#lib/ml/learn/augment.ts'
import { disturb, DISTURBANCES } from '#lib/ml/evaluate/robustness.ts'
import { subsetOf, type SampleSet } from '#lib/ml/learn/sample-set.ts'
import { computeOutputs, type MeasuredModel } from './outputs.ts'

/** Enough for ±2 points, within seconds. */
const MOST_IMAGES = 1_000
/** Images disturbed at a time, so that memory does not grow with the number of images. */
const AT_ONCE = 64

/** The number of predictions that `measureRobustness` makes. */
export const robustnessImages = (test: Pick<SampleSet, 'count'>): number =>
  Math.min(MOST_IMAGES, test.count) * (1 + DISTURBANCES.reduce((sum, { amounts }) => sum + amounts.length, 0))

export async function measureRobustness(test: SampleSet, loaded: MeasuredModel): Promise<Card['robustness']> {
  if (test.count === 0) return null
  const images = Math.min(MOST_IMAGES, test.count)
  const some = subsetOf(
    test,
    Array.from({ length: images }, (_, i) => Math.floor((i * test.count) / images)),
    loaded.classes,
  )
  const accuracyOf = async (
    changed: (square: Uint8Array, hash: string) => Promise<Uint8Array>,
  ): Promise<Interval> => {
    let correct = 0
    for (let first = 0; first < images; first += AT_ONCE) {
      const places = Array.from({ length: Math.min(AT_ONCE, images - first) }, (_, i) => first + i)
      const squares = await Promise.all(
        places.map((i) => {
          const square = new Uint8Array(squareBytes(loaded.spec))
          some.read(i, square, 0)
          return changed(square, some.hashes[i]!)
        }),
      )
      const { logits } = await computeOutputs(
        { count: squares.length, read: (i, out, offset) => out.set(squares[i]!, offset) },
        loaded,
      )
      correct += countRight(logits, some.labels.subarray(first))
    }
    return wilson(correct, images)
  }
  const disturbances: NonNullable<Card['robustness']>['disturbances'] = []
  for (const { kind, amounts } of DISTURBANCES) {
    const levels: { amount: number; accuracy: Interval }[] = []
    for (const amount of amounts)
      levels.push({
        amount,
        accuracy: await accuracyOf((square, hash) =>
          disturb(square, { kind, amount, spec: loaded.spec, seed: sampleSeed(hash) }, throughJpeg),
        ),
      })
    disturbances.push({ kind, levels })
  }
  return { images, accuracy: await accuracyOf(async (square) => square), disturbances }
}

/** Accuracy where each prediction is the mean of those for the image and its mirror image. */
export async function measureMirrored(
  test: SampleSet,
  plain: Logits,
  loaded: MeasuredModel,
): Promise<Interval | null> {
  if (test.count === 0) return null
  const square = new Uint8Array(squareBytes(loaded.spec))
  const { logits } = await computeOutputs(
    {
      count: test.count,
      read(index, out, offset) {
        test.read(index, square, 0)
        out.set(mirroredSquare(square, loaded.spec), offset)
      },
    },
    loaded,
  )
  const both: Logits = { ...plain, values: plain.values.map((value, i) => value + logits.values[i]!) }
  return wilson(countRight(both, test.labels), test.count)
}
