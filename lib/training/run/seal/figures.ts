/** The figures of a card that follow from a version's outputs for the images of its sets. The temperature is fitted
 *  once and the predictions at it are computed once; calibration, thresholds and the test figures all read these. It
 *  runs no network. */
import type { Card } from '#lib/contracts/bundle.ts'
import {
  answersAt,
  calibrationError,
  FEWEST_FOR_CALIBRATION,
  fitTemperature,
  TARGET_ERROR,
} from '#lib/domain/evaluation/calibration.ts'
import { CANDIDATE_LEVEL, type Coverage } from '#lib/domain/evaluation/conformal.ts'
import { wilson } from '#lib/domain/evaluation/statistics.ts'
import { thresholdImages, thresholdsByFolds, thresholdsOnOthers } from '#lib/domain/evaluation/thresholds.ts'
import { score } from '#lib/ml/evaluate/evaluate.ts'
import type { Familiarity } from './measure-familiarity.ts'
import type { LabelledOutputs } from './outputs.ts'
import { testFigures } from './test-figures.ts'

export type MeasuredSets = {
  readonly classes: readonly string[]
  readonly choosing: LabelledOutputs
  readonly calibrating: LabelledOutputs
  readonly test: LabelledOutputs
  readonly testCopies: ReadonlySet<string> | undefined
  readonly familiarity: Familiarity | null
  /** The images that set the thresholds; the test images judge themselves by folds. For versions that ship: their
   *  validation sets are small, and of fruits they are further views of the training fruits, which lie nearer than any
   *  other image (docs/decisions/0031). */
  readonly thresholdsFrom: 'calibrating' | 'test'
}

export type Figures = Pick<
  Card,
  'test' | 'validation' | 'calibration' | 'thresholds_from' | 'decision' | 'candidates' | 'familiarity'
> & { readonly notes: readonly string[] }

export function figuresOf(sets: MeasuredSets): Figures {
  const { classes, choosing, calibrating, test, familiarity } = sets
  const isCalibrated = calibrating.logits.count >= FEWEST_FOR_CALIBRATION
  const temperature = isCalibrated ? fitTemperature(calibrating.logits, calibrating.labels) : 1
  const answers = {
    calibrating: answersAt(calibrating.logits, calibrating.labels, temperature),
    test: answersAt(test.logits, test.labels, temperature),
  }
  const calibrated = isCalibrated
    ? calibratedFigures(sets, answers, temperature)
    : { calibration: null, decision: null, candidates: null, familiarity: familiarity?.card ?? null }
  const validation = score(choosing.logits, choosing.labels)
  return {
    test:
      test.logits.count === 0
        ? null
        : testFigures(
            { logits: test.logits, answers: answers.test, hashes: test.hashes, copies: sets.testCopies },
            { classes, temperature },
          ),
    validation:
      validation.images === 0
        ? null
        : {
            images: validation.images,
            accuracy: wilson(validation.right, validation.images),
            loss: validation.loss,
          },
    ...calibrated,
    notes: isCalibrated ? [] : uncalibratedNotes(calibrating.logits.count + choosing.logits.count),
  }
}

type Answers = Record<'calibrating' | 'test', ReturnType<typeof answersAt>>

function calibratedFigures(
  { calibrating, test, familiarity, thresholdsFrom }: MeasuredSets,
  answers: Answers,
  temperature: number,
): Pick<Figures, 'calibration' | 'decision' | 'candidates' | 'familiarity' | 'thresholds_from'> {
  const measuredOn = answers.test.length >= FEWEST_FOR_CALIBRATION ? 'test' : 'calibrating'
  const { logits, labels } = measuredOn === 'test' ? test : calibrating
  const before = calibrationError(answersAt(logits, labels, 1))
  const after = calibrationError(answers[measuredOn])
  const distances = familiarity?.distances
  const images = {
    calibrating: thresholdImages(answers.calibrating, calibrating.hashes, distances?.calibrating),
    test: thresholdImages(answers.test, test.hashes, distances?.test),
  }
  const onTest = thresholdsOnOthers(images.calibrating, images.test, familiarity?.card.threshold ?? null)
  const isByFolds = thresholdsFrom === 'test'
  const { confident, candidates, familiar } = isByFolds
    ? thresholdsByFolds(images.test, onTest.confident.threshold ?? 0)
    : onTest
  const needed = confident.imagesNeeded
  return {
    calibration: {
      temperature,
      ece_before: before,
      ece_after: after,
      images: answers.calibrating.length,
      measured_on: measuredOn === 'test' ? 'test' : 'calibration',
    },
    decision: {
      target_error: TARGET_ERROR,
      threshold: confident.threshold,
      share_answered: confident.shareAnswered,
      error_among_answered: confident.errorAmongAnswered,
      images_needed: needed === null || isByFolds ? needed : 2 * needed, // half of validation calibrates
    },
    candidates: candidates && {
      level: CANDIDATE_LEVEL,
      mass: candidates.mass,
      images: images[thresholdsFrom].length,
      test: coveragePart(candidates.all),
      unsure: coveragePart(candidates.unsure),
    },
    familiarity: familiarity && { ...familiarity.card, ...(isByFolds && { kept: familiar.kept }) },
    ...(isByFolds && { thresholds_from: 'test_folds' }),
  }
}

const coveragePart = (result: Coverage | null) =>
  result && { images: result.images, coverage: result.coverage, mean_size: result.meanSize }

const uncalibratedNotes = (images: number): readonly string[] => [
  `Confidence is not calibrated: ${images} validation images are too few (${2 * FEWEST_FOR_CALIBRATION} are needed).`,
  'For the same reason there are no prediction sets, and unfamiliar images are not detected.',
]
