/** Thresholds that are set on labelled images which the network was never trained on, and what they promise: each
 *  image is judged by thresholds that were set without its fold, so no image judges a threshold that it set itself.
 *  The thresholds that serve are set on all of them. Cross-fitting of split-conformal thresholds: Vovk 2015,
 *  "Cross-conformal predictors"; a threshold has one degree of freedom, so the folds differ little. */
import { answersAt, confidentFrom, imagesForThreshold, TARGET_ERROR } from './calibration.ts'
import {
  CANDIDATE_LEVEL,
  candidateMass,
  coverageOf,
  type ConformalSample,
  type Coverage,
} from './conformal.ts'
import { familiarUpTo } from './familiarity.ts'
import { wilson, type Interval } from './statistics.ts'

/** With fewer images, a validation set sets the thresholds: a fifth of these would judge by too few. */
export const FEWEST_FOR_FOLDS = 500
const FOLDS = 5

export type FoldSample = ConformalSample & {
  readonly hashes: readonly string[]
  /** Distance to the training images; empty where the version measures none. */
  readonly distances: ArrayLike<number>
}

export type ThresholdRule = { readonly temperature: number; readonly atLeast?: number }

export type FoldThresholds = {
  readonly confident: {
    readonly threshold: number | null
    readonly shareAnswered: number | null
    readonly errorAmongAnswered: number | null
    readonly imagesNeeded: number | null
  }
  /** `null` with too few images. */
  readonly candidates: {
    readonly mass: number
    readonly all: Coverage
    readonly unsure: Coverage | null
  } | null
  readonly familiar: { readonly upTo: number | null; readonly kept: Interval | null }
}

/** By digits of the hash that neither splits nor the random draw of candidates use. */
export const foldOf = (hash: string): number => Number.parseInt(hash.slice(28, 36), 16) % FOLDS

/** `rule.atLeast`: no confidence below it is `confident`, whatever these images show; 0 or absent: no such limit. */
export function thresholdsByFolds(sample: FoldSample, rule: ThresholdRule): FoldThresholds {
  const { temperature } = rule
  const final = thresholdsOn(sample, rule)
  const judged = Array.from({ length: FOLDS }, (_, fold) => {
    const isInside = sample.hashes.map((hash) => foldOf(hash) === fold)
    const inside = chosen(sample, (i) => isInside[i]!)
    const others = chosen(sample, (i) => !isInside[i]!)
    return judgedBy(thresholdsOn(others, rule), inside, temperature)
  })
  const sum = (of: (one: JudgedFold) => number): number => judged.reduce((all, one) => all + of(one), 0)
  const images = sample.hashes.length
  const sure = sum((one) => one.confident)
  return {
    confident: {
      threshold: final.confidentFrom,
      shareAnswered: final.confidentFrom === null ? null : sure / images,
      errorAmongAnswered:
        sure === 0 || final.confidentFrom === null ? null : sum((one) => one.incorrect) / sure,
      imagesNeeded:
        final.confidentFrom === null
          ? imagesForThreshold(familiarAnswers(sample, final.familiarUpTo, temperature))
          : null,
    },
    candidates:
      final.mass === null
        ? null
        : {
            mass: final.mass,
            all: joined(judged.map(({ all }) => all))!,
            unsure: joined(judged.map(({ unsure }) => unsure)),
          },
    familiar: {
      upTo: final.familiarUpTo,
      kept:
        final.familiarUpTo === null
          ? null
          : wilson(
              sum((one) => one.familiar),
              images,
            ),
    },
  }
}

type Thresholds = {
  readonly confidentFrom: number | null
  readonly mass: number | null
  readonly familiarUpTo: number | null
}

function thresholdsOn(sample: FoldSample, { temperature, atLeast = 0 }: ThresholdRule): Thresholds {
  const upTo = sample.distances.length === 0 ? null : familiarUpTo(sample.distances)
  const { threshold } = confidentFrom(familiarAnswers(sample, upTo, temperature), TARGET_ERROR)
  return {
    familiarUpTo: upTo,
    confidentFrom: threshold === null ? null : Math.max(atLeast, threshold),
    mass: candidateMass(sample, temperature, CANDIDATE_LEVEL),
  }
}

const familiarAnswers = (sample: FoldSample, upTo: number | null, temperature: number) =>
  answersAt(sample.logits, sample.labels, temperature).filter((_, i) => isFamiliar(sample, upTo, i))

const isFamiliar = ({ distances }: FoldSample, upTo: number | null, i: number): boolean =>
  upTo === null || distances.length === 0 || distances[i]! <= upTo

type JudgedFold = {
  readonly familiar: number
  readonly confident: number
  readonly incorrect: number
  readonly all: Coverage | null
  readonly unsure: Coverage | null
}

/** As domain/decision does: an unfamiliar image counts neither as confident nor as incorrect. */
function judgedBy(thresholds: Thresholds, fold: FoldSample, temperature: number): JudgedFold {
  const { confidentFrom: from, familiarUpTo: upTo, mass } = thresholds
  const answers = answersAt(fold.logits, fold.labels, temperature)
  const isNear = answers.map((_, i) => isFamiliar(fold, upTo, i))
  const isSure = answers.map(({ confidence }, i) => isNear[i]! && from !== null && confidence >= from)
  const rule = mass === null ? null : { temperature, mass }
  return {
    familiar: isNear.filter(Boolean).length,
    confident: isSure.filter(Boolean).length,
    incorrect: answers.filter(({ isRight }, i) => isSure[i]! && !isRight).length,
    all: rule && coverageOf(fold, rule),
    unsure: rule && coverageOf(fold, rule, (i) => isNear[i]! && !isSure[i]!),
  }
}

function joined(parts: readonly (Coverage | null)[]): Coverage | null {
  const some = parts.filter((part) => part !== null)
  const images = some.reduce((sum, part) => sum + part.images, 0)
  if (images === 0) return null
  const mean = (of: (part: Coverage) => number) =>
    some.reduce((sum, part) => sum + of(part) * part.images, 0) / images
  return {
    images,
    coverage: wilson(Math.round(mean(({ coverage }) => coverage.value) * images), images),
    meanSize: mean(({ meanSize }) => meanSize),
  }
}

function chosen(sample: FoldSample, counts: (image: number) => boolean): FoldSample {
  const places = sample.hashes.flatMap((_, i) => (counts(i) ? [i] : []))
  const { values, classes } = sample.logits
  const rows = new Float32Array(places.length * classes)
  places.forEach((i, at) => rows.set(values.subarray(i * classes, (i + 1) * classes), at * classes))
  const pick = <T>(from: ArrayLike<T>): T[] => (from.length === 0 ? [] : places.map((i) => from[i]!))
  return {
    logits: { values: rows, count: places.length, classes },
    labels: pick(sample.labels),
    chances: pick(sample.chances),
    hashes: pick(sample.hashes),
    distances: pick(sample.distances),
  }
}
