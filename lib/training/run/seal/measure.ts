/** All figures of a card about the quality of a version: measured on images that it was not trained on, each
 *  figure on images that it was not fitted to. The choosing half has chosen the epoch and chooses the neighbour,
 *  the calibrating half sets the thresholds, the test set measures the results. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { OutOfFold } from '#lib/contracts/model-files.ts'
import type { Logits } from '#lib/domain/evaluation/calibration.ts'
import { FEWEST_FOR_FOLDS } from '#lib/domain/evaluation/thresholds.ts'
import type { Reference } from '#lib/ml/evaluate/familiarity.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { figuresOf, type Figures } from './figures.ts'
import { measureFamiliarity } from './measure-familiarity.ts'
import { measureMirrored, measureRobustness, robustnessImages } from './measure-robustness.ts'
import {
  computeLabelled,
  computeOutputs,
  untimed,
  type MeasuredModel,
  type Squares,
  type VersionOutputs,
} from './outputs.ts'
import { referenceCount } from './references.ts'

export type EvaluationSets = {
  readonly classes: readonly string[]
  readonly isMirrorable: boolean
  readonly training: SampleSet
  readonly choosing: SampleSet
  readonly calibrating: SampleSet
  readonly test: SampleSet
  /** Hashes of test images that are near-copies of training or validation images. */
  readonly testCopies?: ReadonlySet<string>
  /** The thresholds are set on the test images and judged by folds, instead of set on the calibrating half; where
   *  it is large enough (lib/domain/evaluation/thresholds). */
  readonly hasTestThresholds?: boolean
  /** Sets of images that belong to none of its classes, by name; null when none were named. */
  readonly foreign: readonly { readonly name: string; readonly squares: Squares }[] | null
  /** Of a second precision: the references of the first one. Robustness and mirror images are not measured again. */
  readonly pinned?: { readonly reference: Reference | null }
}

export type Measurement = Figures &
  Pick<Card, 'folds' | 'robustness'> & {
    readonly reference: Reference | null
    readonly outOfFold?: OutOfFold
    /** What it answered, for a comparison with another precision; not for the card. */
    readonly answered: readonly { readonly logits: Logits; readonly labels: ArrayLike<number> }[]
  }

/** The number of predictions that `measure` makes, those of disturbances and mirror images included. */
export const imagesToMeasure = (sets: EvaluationSets): number =>
  sets.choosing.count +
  sets.calibrating.count +
  sets.test.count * (sets.isMirrorable ? 2 : 1) +
  (sets.foreign ?? []).reduce((sum, { squares }) => sum + squares.count, 0) +
  referenceCount(sets.training) +
  robustnessImages(sets.test)

export async function measure(sets: EvaluationSets, loaded: MeasuredModel): Promise<Measurement> {
  const { timed = untimed } = loaded
  const choosing = await computeLabelled(sets.choosing, loaded)
  const calibrating = await computeLabelled(sets.calibrating, loaded)
  const test = await computeLabelled(sets.test, loaded)
  const foreign: { readonly name: string; readonly outputs: VersionOutputs }[] = []
  for (const { name, squares } of sets.foreign ?? [])
    foreign.push({ name, outputs: await computeOutputs(squares, loaded) })
  const isByFolds = (sets.hasTestThresholds ?? false) && sets.test.count >= FEWEST_FOR_FOLDS
  const thresholdsFrom = isByFolds ? 'test' : 'calibrating'
  const familiarity = await timed('familiarity', () =>
    measureFamiliarity(
      {
        training: sets.training,
        choosing,
        calibrating,
        test,
        foreign: sets.foreign && foreign,
        thresholdFrom: thresholdsFrom,
        ...(sets.pinned && { pinned: sets.pinned.reference }),
      },
      loaded,
    ),
  )
  const isFirst = !sets.pinned
  const mirrored = isFirst && sets.isMirrorable ? await measureMirrored(sets.test, test.logits, loaded) : null
  const robustness = isFirst ? await timed('robustness', () => measureRobustness(sets.test, loaded)) : null
  const {
    test: tested,
    notes,
    ...figures
  } = figuresOf({
    classes: sets.classes,
    choosing,
    calibrating,
    test,
    testCopies: sets.testCopies,
    familiarity,
    thresholdsFrom,
  })
  return {
    test: tested && { ...tested, mirrored },
    ...figures,
    robustness,
    reference: familiarity?.reference ?? null,
    // without the features, which are large
    answered: [choosing, calibrating, test].map(({ logits, labels }) => ({ logits, labels })),
    notes,
  }
}
