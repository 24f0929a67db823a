/** All figures of a card about the quality of a version: measured on images that it was not trained on, each
 *  figure on images that it was not fitted to. The choosing half has chosen the epoch and chooses the neighbour,
 *  the calibrating half sets the thresholds, the test set measures the results. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { OutOfFold } from '#lib/contracts/model-files.ts'
import {
  answersAt,
  calibrationError,
  confidentFrom,
  FEWEST_FOR_CALIBRATION,
  fitTemperature,
  imagesForThreshold,
  TARGET_ERROR,
  type ScoredPrediction,
  type Logits,
} from '#lib/domain/calibration.ts'
import {
  CANDIDATE_LEVEL,
  candidateMass,
  chanceOf,
  coverageOf,
  type Coverage,
  type ConformalSample,
} from '#lib/domain/conformal.ts'
import { wilson } from '#lib/domain/statistics.ts'
import { FEWEST_FOR_FOLDS } from '#lib/domain/thresholds-by-folds.ts'
import { answerOf, evaluation, score } from '#lib/ml/evaluate/evaluate.ts'
import type { Reference } from '#lib/ml/evaluate/familiarity.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { measureFamiliarity, referenceCount, type Familiarity } from './measure-familiarity.ts'
import { thresholdsByTest } from './thresholds-by-test.ts'
import { measureMirrored, measureRobustness, robustnessImages } from './measure-robustness.ts'
import { computeOutputs, untimed, type MeasuredModel, type Squares, type VersionOutputs } from './outputs.ts'

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
   *  it is large enough (lib/domain/thresholds-by-folds). */
  readonly hasTestThresholds?: boolean
  /** Sets of images that belong to none of its classes, by name; null when none were named. */
  readonly foreign: readonly { readonly name: string; readonly squares: Squares }[] | null
  /** Of a second precision: the references of the first one. Robustness and mirror images are not measured again. */
  readonly pinned?: { readonly reference: Reference | null }
}

export type Measurement = Pick<
  Card,
  | 'folds'
  | 'test'
  | 'validation'
  | 'calibration'
  | 'thresholds_from'
  | 'decision'
  | 'candidates'
  | 'familiarity'
  | 'robustness'
> & {
  readonly reference: Reference | null
  readonly outOfFold?: OutOfFold
  /** What it answered, for a comparison with another precision; not for the card. */
  readonly answered: readonly { readonly logits: Logits; readonly labels: ArrayLike<number> }[]
  /** For the card. */
  readonly notes: readonly string[]
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
  const choosing = await computeOutputs(sets.choosing, loaded)
  const calibrating = await computeOutputs(sets.calibrating, loaded)
  const test = await computeOutputs(sets.test, loaded)
  const foreign: { readonly name: string; readonly outputs: VersionOutputs }[] = []
  for (const { name, squares } of sets.foreign ?? [])
    foreign.push({ name, outputs: await computeOutputs(squares, loaded) })
  const { timed = untimed } = loaded
  const isByFolds = (sets.hasTestThresholds ?? false) && sets.test.count >= FEWEST_FOR_FOLDS
  const familiarity = await timed('familiarity', () =>
    measureFamiliarity(
      {
        training: sets.training,
        choosing: { ...choosing, labels: sets.choosing.labels },
        calibrating,
        test,
        foreign: sets.foreign && foreign,
        thresholdFrom: isByFolds ? 'test' : 'calibrating',
        ...(sets.pinned && { pinned: sets.pinned.reference }),
      },
      loaded,
    ),
  )
  const scored = {
    calibrating: drawn(calibrating.logits, sets.calibrating),
    test: drawn(test.logits, sets.test),
    familiarity,
  }
  const temperature =
    sets.calibrating.count < FEWEST_FOR_CALIBRATION
      ? null
      : fitTemperature(calibrating.logits, sets.calibrating.labels)
  const choosingScore = score(choosing.logits, sets.choosing.labels)
  const decision = temperature === null ? null : decisionPart(scored, temperature)
  const tested = sets.test.count === 0 ? null : testFigures(scored.test, sets, temperature ?? 1)
  return {
    test: tested && {
      ...tested,
      mirrored:
        sets.isMirrorable && !sets.pinned ? await measureMirrored(sets.test, test.logits, loaded) : null,
    },
    validation:
      sets.choosing.count === 0
        ? null
        : {
            images: choosingScore.images,
            accuracy: wilson(choosingScore.right, choosingScore.images),
            loss: choosingScore.loss,
          },
    calibration: temperature === null ? null : calibrationPart(scored, temperature),
    decision,
    candidates:
      temperature === null ? null : candidatesPart(scored, temperature, decision?.threshold ?? null),
    familiarity: familiarity?.card ?? null,
    ...(temperature !== null &&
      isByFolds &&
      thresholdsByTest(scored.test, familiarity, {
        hashes: sets.test.hashes,
        temperature,
        atLeast: decision?.threshold ?? 0,
      })),
    robustness: sets.pinned ? null : await timed('robustness', () => measureRobustness(sets.test, loaded)),
    reference: familiarity?.reference ?? null,
    answered: [
      { logits: choosing.logits, labels: sets.choosing.labels },
      { logits: calibrating.logits, labels: sets.calibrating.labels },
      { logits: test.logits, labels: sets.test.labels },
    ],
    notes: notesOf(sets, temperature),
  }
}

type ScoredSets = {
  readonly calibrating: ConformalSample
  readonly test: ConformalSample
  readonly familiarity: Familiarity | null
}

const drawn = (logits: Logits, { labels, hashes }: SampleSet): ConformalSample => ({
  logits,
  labels,
  chances: hashes.map(chanceOf),
})

export function testFigures(
  { logits, labels }: Pick<ConformalSample, 'logits' | 'labels'>,
  { classes, test, testCopies }: Pick<EvaluationSets, 'classes' | 'test' | 'testCopies'>,
  temperature: number,
): NonNullable<Card['test']> {
  const figures = evaluation(logits, Int32Array.from(labels), { classes, temperature })
  return {
    images: figures.images,
    accuracy: figures.accuracy,
    loss: figures.loss,
    macro_f1: figures.macroF1,
    macro: figures.macro,
    weighted: figures.weighted,
    ece: figures.ece,
    reliability: figures.reliability && [...figures.reliability],
    per_class: [...figures.perClass],
    confusion: figures.confusion.map((row) => [...row]),
    near_copies: withoutCopies({ logits, labels }, test, testCopies ?? new Set()),
  }
}

/** The accuracy on the test images that are no near-copies of images outside the test set; null where all are. */
function withoutCopies(
  { logits, labels }: Pick<ConformalSample, 'logits' | 'labels'>,
  { hashes }: SampleSet,
  copies: ReadonlySet<string>,
): NonNullable<Card['test']>['near_copies'] {
  const others = hashes.flatMap((hash, i) => (copies.has(hash) ? [] : [i]))
  if (others.length === hashes.length) return null
  const right = others.filter((i) => answerOf(logits, i) === labels[i]).length
  return {
    images: hashes.length - others.length,
    others: others.length,
    accuracy: others.length === 0 ? null : wilson(right, others.length),
  }
}

function calibrationPart({ calibrating, test }: ScoredSets, temperature: number): Card['calibration'] {
  const isTest = test.logits.count >= FEWEST_FOR_CALIBRATION
  const { logits, labels } = isTest ? test : calibrating
  return {
    temperature,
    ece_before: calibrationError(answersAt(logits, labels, 1)),
    ece_after: calibrationError(answersAt(logits, labels, temperature)),
    images: calibrating.logits.count,
    measured_on: isTest ? 'test' : 'calibration',
  }
}

/** An unfamiliar image is reported as such, and counts neither as confident nor as incorrect. */
function decisionPart(
  { calibrating, test, familiarity }: ScoredSets,
  temperature: number,
): NonNullable<Card['decision']> {
  const answers = familiarOnes(
    calibrating,
    temperature,
    familiarity?.distances.calibrating,
    familiarity?.card.threshold,
  )
  const { threshold } = confidentFrom(answers)
  const sure =
    threshold === null
      ? []
      : familiarOnes(test, temperature, familiarity?.distances.test, familiarity?.card.threshold).filter(
          (answer) => answer.confidence >= threshold,
        )
  const isMeasured = threshold !== null && test.logits.count > 0
  const needed = threshold === null ? imagesForThreshold(answers) : null
  return {
    target_error: TARGET_ERROR,
    threshold,
    share_answered: isMeasured ? sure.length / test.logits.count : null,
    error_among_answered:
      isMeasured && sure.length > 0 ? sure.filter((answer) => !answer.isRight).length / sure.length : null,
    images_needed: needed === null ? null : 2 * needed, // half of validation calibrates
  }
}

function familiarOnes(
  { logits, labels }: ConformalSample,
  temperature: number,
  distances: Float32Array | undefined,
  threshold: number | null | undefined,
): ScoredPrediction[] {
  return answersAt(logits, labels, temperature).filter((_, i) => !isUnfamiliar(distances, threshold, i))
}

const isUnfamiliar = (
  distances: Float32Array | undefined,
  threshold: number | null | undefined,
  i: number,
): boolean =>
  threshold != null && distances !== undefined && distances.length > 0 && distances[i]! > threshold

function candidatesPart(
  { calibrating, test, familiarity }: ScoredSets,
  temperature: number,
  threshold: number | null,
): Card['candidates'] {
  const mass = candidateMass(calibrating, temperature)
  if (mass === null) return null
  const answers = answersAt(test.logits, test.labels, temperature)
  const isUnsure = (i: number): boolean =>
    !isUnfamiliar(familiarity?.distances.test, familiarity?.card.threshold, i) &&
    (threshold === null || answers[i]!.confidence < threshold)
  return {
    level: CANDIDATE_LEVEL,
    mass,
    images: calibrating.logits.count,
    test: covered(coverageOf(test, { temperature, mass })),
    unsure: covered(coverageOf(test, { temperature, mass }, isUnsure)),
  }
}

const covered = (result: Coverage | null) =>
  result && { images: result.images, coverage: result.coverage, mean_size: result.meanSize }

function notesOf({ choosing, calibrating }: EvaluationSets, temperature: number | null): string[] {
  if (temperature !== null) return []
  return [
    `Confidence is not calibrated: ${calibrating.count + choosing.count} validation images are too ` +
      `few (${2 * FEWEST_FOR_CALIBRATION} are needed).`,
    'For the same reason there are no prediction sets, and unfamiliar images are not detected.',
  ]
}
