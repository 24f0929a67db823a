/** The thresholds of a version, set on labelled images that the network was never trained on, and what they promise on
 *  images that did not set them: the test images, or each image by thresholds that were set without its fold. It reads
 *  predictions and distances, and computes none. */
import {
  confidentFrom,
  imagesForThreshold,
  type LabelledPrediction,
  type ScoredPrediction,
} from './calibration.ts'
import {
  candidateMass,
  coverageOf,
  withChances,
  type ConformalPrediction,
  type Coverage,
} from './conformal.ts'
import { familiarUpTo } from './familiarity.ts'
import { wilson, type Interval } from './statistics.ts'

/** With fewer images, a validation set sets the thresholds: a fifth of these would judge by too few. */
export const FEWEST_FOR_FOLDS = 500
const FOLDS = 5

/** A prediction, and what else decides how sure it is. */
export type ThresholdImage = ScoredPrediction &
  ConformalPrediction & {
    readonly hash: string
    /** To the training images; null where the version measures none. */
    readonly distance: number | null
  }

/** @param hashes of the images, in the order of the predictions
 *  @param distances likewise; empty where the version measures none */
export const thresholdImages = (
  predictions: readonly LabelledPrediction[],
  hashes: readonly string[],
  distances: ArrayLike<number> = [],
): readonly ThresholdImage[] =>
  withChances(predictions, hashes).map((prediction, i) => ({
    ...prediction,
    hash: hashes[i]!,
    distance: distances[i] ?? null,
  }))

/** The thresholds, and what they promise; shares and errors are null where no image judges them. */
export type JudgedThresholds = {
  readonly confident: {
    readonly threshold: number | null
    readonly shareAnswered: number | null
    readonly errorAmongAnswered: number | null
    /** Images that would be needed to set a threshold; null where it is set, or more would not help. */
    readonly imagesNeeded: number | null
  }
  /** `null` with too few images. */
  readonly candidates: {
    readonly mass: number
    readonly all: Coverage | null
    readonly unsure: Coverage | null
  } | null
  readonly familiar: { readonly upTo: number | null; readonly kept: Interval | null }
}

/** Thresholds that are set on some images and judged by others.
 *  @param familiarUpTo the distance up to which an image is familiar; null: all are */
export function thresholdsOnOthers(
  setting: readonly ThresholdImage[],
  judging: readonly ThresholdImage[],
  familiarUpTo: number | null,
): JudgedThresholds {
  const thresholds = thresholdsOn(setting, { familiarUpTo, atLeast: 0 })
  return statementOf(thresholds, setting, [judgedBy(thresholds, judging)])
}

/** Thresholds that are set on all images, each of which is judged by thresholds that were set without its fold.
 *  Cross-fitting of split-conformal thresholds: Vovk 2015, "Cross-conformal predictors"; a threshold has one degree of
 *  freedom, so the folds differ little.
 *  @param atLeast no confidence below it is `confident`, whatever these images show; 0: no such limit */
export function thresholdsByFolds(images: readonly ThresholdImage[], atLeast = 0): JudgedThresholds {
  const setOn = (some: readonly ThresholdImage[]) =>
    thresholdsOn(some, { familiarUpTo: familiarOn(some), atLeast })
  const judged = Array.from({ length: FOLDS }, (_, fold) =>
    judgedBy(
      setOn(images.filter(({ hash }) => foldOf(hash) !== fold)),
      images.filter(({ hash }) => foldOf(hash) === fold),
    ),
  )
  return statementOf(setOn(images), images, judged)
}

/** By digits of the hash that neither splits nor the random draw of candidates use. */
export const foldOf = (hash: string): number => Number.parseInt(hash.slice(28, 36), 16) % FOLDS

type Thresholds = {
  readonly confidentFrom: number | null
  readonly mass: number | null
  readonly familiarUpTo: number | null
}

/** The distance up to which images like these are familiar; null where none is measured. */
function familiarOn(images: readonly ThresholdImage[]): number | null {
  const distances = images.map(({ distance }) => distance).filter((distance) => distance !== null)
  return distances.length === 0 ? null : familiarUpTo(distances)
}

/** An unfamiliar image is reported as such, so it does not count for the confidence. */
function thresholdsOn(
  images: readonly ThresholdImage[],
  { familiarUpTo: upTo, atLeast }: { readonly familiarUpTo: number | null; readonly atLeast: number },
): Thresholds {
  const { threshold } = confidentFrom(images.filter((image) => isFamiliar(image, upTo)))
  return {
    familiarUpTo: upTo,
    confidentFrom: threshold === null ? null : Math.max(atLeast, threshold),
    mass: candidateMass(images),
  }
}

const isFamiliar = ({ distance }: ThresholdImage, upTo: number | null): boolean =>
  upTo === null || distance === null || distance <= upTo

type JudgedImages = {
  readonly images: number
  readonly familiar: number
  readonly confident: number
  readonly incorrect: number
  readonly all: Coverage | null
  readonly unsure: Coverage | null
}

/** As domain/decision does: an unfamiliar image counts neither as confident nor as incorrect. */
function judgedBy(
  { confidentFrom: from, familiarUpTo: upTo, mass }: Thresholds,
  images: readonly ThresholdImage[],
): JudgedImages {
  const familiar = images.filter((image) => isFamiliar(image, upTo))
  const [confident, unsure] = [
    familiar.filter(({ confidence }) => from !== null && confidence >= from),
    familiar.filter(({ confidence }) => from === null || confidence < from),
  ]
  return {
    images: images.length,
    familiar: familiar.length,
    confident: confident.length,
    incorrect: confident.filter(({ isRight }) => !isRight).length,
    all: mass === null ? null : coverageOf(images, mass),
    unsure: mass === null ? null : coverageOf(unsure, mass),
  }
}

/** @param setting the images that set the thresholds */
function statementOf(
  { confidentFrom: threshold, mass, familiarUpTo: upTo }: Thresholds,
  setting: readonly ThresholdImage[],
  judged: readonly JudgedImages[],
): JudgedThresholds {
  const sum = (of: (one: JudgedImages) => number): number => judged.reduce((all, one) => all + of(one), 0)
  const images = sum((one) => one.images)
  const confident = sum((one) => one.confident)
  const isJudged = threshold !== null && images > 0
  return {
    confident: {
      threshold,
      shareAnswered: isJudged ? confident / images : null,
      errorAmongAnswered: isJudged && confident > 0 ? sum((one) => one.incorrect) / confident : null,
      imagesNeeded:
        threshold === null ? imagesForThreshold(setting.filter((image) => isFamiliar(image, upTo))) : null,
    },
    candidates:
      mass === null
        ? null
        : {
            mass,
            all: joined(judged.map(({ all }) => all)),
            unsure: joined(judged.map(({ unsure }) => unsure)),
          },
    familiar: {
      upTo,
      kept:
        upTo === null || images === 0
          ? null
          : wilson(
              sum((one) => one.familiar),
              images,
            ),
    },
  }
}

function joined(parts: readonly (Coverage | null)[]): Coverage | null {
  const some = parts.filter((part) => part !== null)
  if (some.length < 2) return some[0] ?? null
  const images = some.reduce((sum, part) => sum + part.images, 0)
  const mean = (of: (part: Coverage) => number) =>
    some.reduce((sum, part) => sum + of(part) * part.images, 0) / images
  return {
    images,
    coverage: wilson(Math.round(mean(({ coverage }) => coverage.value) * images), images),
    meanSize: mean(({ meanSize }) => meanSize),
  }
}
