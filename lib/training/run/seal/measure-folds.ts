/** All figures of the card of a version that was trained on all images, from the predictions of a
 *  cross-validation. A test set that a person chose is measured with the saved network and is listed separately. */
import type { Card } from '#lib/contracts/bundle.ts'
import {
  answersAt,
  calibrationError,
  confidentFrom,
  FEWEST_FOR_CALIBRATION,
  imagesForConfidence,
  softmax,
  targetErrorFor,
  type LabelledPrediction,
  type ScoredPrediction,
  type Logits,
} from '#lib/domain/evaluation/calibration.ts'
import { CANDIDATE_LEVEL, candidateMass, coverageOf, withChances } from '#lib/domain/evaluation/conformal.ts'
import {
  balancedAccuracy,
  crossValidatedAccuracy,
  isImbalanced,
} from '#lib/domain/evaluation/cross-validated.ts'
import { fewestForThreshold } from '#lib/domain/evaluation/decision.ts'
import { firstOfGroups } from '#lib/domain/grouping/groups.ts'
import { answerOf, countRight, evaluation } from '#lib/ml/evaluate/evaluate.ts'
import type { Reference } from '#lib/ml/evaluate/familiarity.ts'
import { chosenRows } from '#lib/ml/learn/feature-rows.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { CrossValidationResult } from '../learn/material.ts'
import { familiarityByFolds } from './familiarity-by-folds.ts'
import type { Measurement } from './measure.ts'
import { outOfFoldFile } from './answers-files.ts'
import { computeOutputs, untimed, type MeasuredModel } from './outputs.ts'
import { testFigures } from './test-figures.ts'

/** The page shows so many labels that may be wrong. */
const MOST_SUSPECTS = 20
/** Out-of-fold probability of another class from which a label is suspect. */
const SUSPECT_FROM = 0.9

export type FoldSets = {
  readonly classes: readonly string[]
  readonly training: SampleSet
  readonly test: SampleSet
  readonly testCopies?: ReadonlySet<string>
  /** Of a second precision: the references of the first one. */
  readonly pinned?: { readonly reference: Reference | null }
}

export async function measureByFolds(
  sets: FoldSets,
  validation: CrossValidationResult,
  loaded: MeasuredModel,
): Promise<Measurement> {
  const { classes, training, test } = sets
  const { result, groups } = validation
  const isFirst = firstOfGroups(groups)
  const places = [...isFirst.keys()].filter((i) => isFirst[i] && result.isEvaluated[i])
  const { logits, labels } = chosenRows(result.logits, training.labels, places)
  const answers = answersAt(logits, labels, 1)
  const targetError = targetErrorFor(places.length)
  const isEnough = places.length >= fewestForThreshold(targetError)
  const { threshold, shareAnswered, errorAmongAnswered } = confidentFrom(answers, targetError)
  const error = calibrationError(answers)
  const drawn = withChances(
    answers,
    places.map((i) => training.hashes[i]!),
  )
  const mass = candidateMass(drawn)
  const covered = mass === null ? null : coverageOf(drawn, mass)
  const { timed = untimed } = loaded
  const familiarity = await timed('familiarity', () =>
    familiarityByFolds({ training, validation, places, pinned: sets.pinned?.reference ?? null }, loaded),
  )
  const own = test.count === 0 ? null : (await computeOutputs(test, loaded)).logits
  return {
    test:
      own &&
      testFigures(
        {
          logits: own,
          answers: answersAt(own, test.labels, 1),
          hashes: test.hashes,
          copies: sets.testCopies,
        },
        { classes, temperature: 1 },
      ),
    validation: null,
    folds: foldFigures({ classes, training, validation, logits, answers }),
    calibration:
      places.length === 0
        ? null
        : {
            temperature: 1, // the head was scaled by these answers
            ece_before: error,
            ece_after: error,
            images: places.length,
            measured_on: 'folds',
          },
    decision: isEnough
      ? {
          target_error: targetError,
          threshold,
          share_answered: shareAnswered,
          error_among_answered: errorAmongAnswered,
          images_needed: threshold === null ? imagesForConfidence(answers) : null,
        }
      : null,
    candidates:
      mass === null || !covered
        ? null
        : {
            level: CANDIDATE_LEVEL,
            mass,
            images: places.length,
            test: { images: covered.images, coverage: covered.coverage, mean_size: covered.meanSize },
            unsure: null,
          },
    familiarity: familiarity?.card ?? null,
    robustness: null,
    reference: familiarity?.reference ?? null,
    outOfFold: outOfFoldFile(training, validation, isFirst),
    answered: [{ logits, labels }, ...(own ? [{ logits: own, labels: test.labels }] : [])],
    notes: notesOf(validation, answers),
  }
}

type FoldAnswers = {
  readonly classes: readonly string[]
  readonly training: SampleSet
  readonly validation: CrossValidationResult
  /** Of the images that count, and the predictions from them. */
  readonly logits: Logits
  readonly answers: readonly LabelledPrediction[]
}

function foldFigures({ classes, training, validation, logits, answers }: FoldAnswers): Card['folds'] {
  const images = answers.length
  if (images === 0) return null
  const { result, groups, folds, rounds } = validation
  const figures = evaluation(logits, answers, { classes, temperature: 1 })
  const right = countRight(
    logits,
    answers.map(({ label }) => label),
  )
  const perClass = figures.perClass.map((one) => ({
    images: one.images,
    right: Math.round((one.recall ?? 0) * one.images),
  }))
  return {
    trained: training.count,
    images,
    near_copies: groups.length - new Set(groups).size,
    folds,
    rounds,
    accuracy: crossValidatedAccuracy(right, images),
    balanced_accuracy: isImbalanced(perClass) ? balancedAccuracy(perClass) : null,
    loss: figures.loss,
    macro_f1: figures.macroF1,
    macro: figures.macro,
    weighted: figures.weighted,
    ece: figures.ece,
    per_class: [...figures.perClass],
    confusion: figures.confusion.map((row) => [...row]),
    reliability: figures.reliability && [...figures.reliability],
    strength: result.strength,
    method:
      `Cross-validation: each image was answered by a last layer that was trained without it and its ` +
      `near-copies (${folds} folds, repeated ${rounds === 1 ? 'once' : `${rounds} times`}).`,
    suspects: suspectsOf({ classes, training, validation }),
  }
}

/** Northcutt et al. 2021, "Confident learning", with one threshold for all classes. */
function suspectsOf({
  classes,
  training,
  validation: { result },
}: Pick<FoldAnswers, 'classes' | 'training' | 'validation'>): NonNullable<Card['folds']>['suspects'] {
  const { values, classes: count } = result.logits
  return [...training.labels]
    .flatMap((label, i) => {
      if (!result.isEvaluated[i]) return []
      const probabilities = softmax(values.subarray(i * count, (i + 1) * count))
      const answer = answerOf(result.logits, i)
      const probability = probabilities[answer]!
      return answer === label || probability < SUSPECT_FROM
        ? []
        : [{ hash: training.hashes[i]!, label: classes[label]!, answer: classes[answer]!, probability }]
    })
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, MOST_SUSPECTS)
}

function notesOf({ groups, result }: CrossValidationResult, answers: readonly ScoredPrediction[]): string[] {
  const images = answers.length
  const nearCopies = groups.length - new Set(groups).size
  const alone = result.isEvaluated.filter((is) => !is).length
  return [
    ...(nearCopies > 0
      ? [
          `${groups.length} images, of which ${nearCopies} are near-copies: ` +
            `${groups.length - nearCopies} different ones. Each of these counts once.`,
        ]
      : []),
    ...(alone > 0
      ? [`${alone} images are the only ones of their class or its near-copies, and could not be evaluated.`]
      : []),
    ...(images < fewestForThreshold(targetErrorFor(images)) ? [tooFewForConfidence(answers)] : []),
    ...(images < FEWEST_FOR_CALIBRATION
      ? [
          `With ${images} different images unfamiliar ones are not detected (${FEWEST_FOR_CALIBRATION} are needed).`,
        ]
      : []),
  ]
}

function tooFewForConfidence(answers: readonly ScoredPrediction[]): string {
  const images = answers.length
  const fewest = fewestForThreshold(targetErrorFor(images))
  const needed = imagesForConfidence(answers)
  const outlook =
    needed === null
      ? 'and the surest ones are incorrect too often for more images alone to change that'
      : `and if predictions stay as accurate as they are, about ${Math.max(needed, fewest)} may be enough`
  return (
    `With ${images} different images no prediction is called confident: ${fewest} are needed at least, ` +
    `${outlook}.`
  )
}
