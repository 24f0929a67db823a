/** Measures a version on the classifier's test images, on the engine that serves: the result of
 *  `/api/model/evaluate` and `npm run evaluate`. Of a version that was trained on all images, its card has the
 *  figures of the cross-validation. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Card } from '#lib/contracts/bundle.ts'
import type { evaluateModel } from '#lib/contracts/models.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { answersAt } from '#lib/domain/evaluation/calibration.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { thresholdImages, thresholdsByFolds } from '#lib/domain/evaluation/thresholds.ts'
import { evaluation } from '#lib/ml/evaluate/evaluate.ts'
import { cardAt } from '#lib/ml/evaluate/reliability.ts'
import { predictSamples, type PredictionPorts } from './predict-samples.ts'
import {
  measureReliability,
  type ReliabilityFigures,
  type ReliabilityInput,
} from '../run/seal/measure-reliability.ts'

export type EvaluationAnswer = Output<typeof evaluateModel>

/** The fields of a version that measuring needs. */
export type Measurable = Pick<VersionWithCard, 'id' | 'classifierId' | 'name' | 'folder' | 'classes' | 'card'>

export async function evaluateVersion(
  version: Measurable,
  test: readonly SnapshotEntry[],
  ports: PredictionPorts & { readonly clock: () => number },
): Promise<EvaluationAnswer> {
  const began = ports.clock()
  const entries = test.filter(({ label }) => version.classes.includes(label))
  if (entries.length === 0) {
    const { folds } = version.card
    if (folds) return crossValidated(version, folds, ports.clock() - began)
    throw nothingToMeasure(version)
  }
  const { rows, distances, engine, precision } = await predictSamples(version, entries, ports)
  const predictions = entries.flatMap(({ label, hash }, i) =>
    rows[i] ? [{ label, hash, row: rows[i], distance: distances[i] ?? null }] : [],
  )
  if (predictions.length === 0 || engine === null) throw nothingToMeasure(version)
  const card = cardAt(version.card, precision)
  const classes = version.classes.length
  const values = new Float32Array(predictions.length * classes)
  predictions.forEach(({ row }, i) => values.set(row, i * classes))
  const labels = Int32Array.from(predictions, ({ label }) => version.classes.indexOf(label))
  const logits = { values, count: predictions.length, classes }
  const temperature = card.calibration?.temperature ?? 1
  const result = evaluation(logits, answersAt(logits, labels, temperature), {
    classes: version.classes,
    temperature,
  })
  return {
    classifier: version.classifierId,
    version: version.name,
    engine,
    images: result.images,
    accuracy: result.accuracy,
    loss: result.loss,
    per_class: [...result.perClass],
    confusion: result.confusion.map((row) => [...row]),
    macro: result.macro,
    weighted: result.weighted,
    ece: result.ece,
    promises: promisesOf(
      { ...version.card, ...card },
      {
        logits,
        labels,
        hashes: predictions.map(({ hash }) => hash),
        distances: predictions.map(({ distance }) => distance),
      },
    ),
    method: null,
    seconds: ports.clock() - began,
  }
}

/** Images that set the thresholds of a card judge them as they did when it was sealed: each without its fold. */
function promisesOf(card: Card, measured: ReliabilityInput): ReliabilityFigures {
  const isSealed = card.thresholds_from === 'test_folds' && card.test?.images === measured.hashes.length
  if (!isSealed) return measureReliability(measured, card)
  const { logits, labels, hashes } = measured
  const distances = measured.distances.filter((distance) => distance !== null)
  const images = thresholdImages(
    answersAt(logits, labels, card.calibration?.temperature ?? 1),
    hashes,
    distances.length === hashes.length ? distances : [],
  )
  const byTest = thresholdsByFolds(images)
  const sealed = card.decision?.threshold ?? 0
  const isRaised = sealed > (byTest.confident.threshold ?? 1) // by the calibrating half, whose images are not here
  const { confident, candidates, familiar } = isRaised ? thresholdsByFolds(images, sealed) : byTest
  return {
    share_answered: confident.shareAnswered,
    error_among_answered: confident.errorAmongAnswered,
    coverage: candidates?.all?.coverage.value ?? null,
    mean_size: candidates?.all?.meanSize ?? null,
    share_unfamiliar: familiar.kept && 1 - familiar.kept.value,
  }
}

/** What each image got from layers that were trained without it, as sealed with the version. */
function crossValidated(
  { classifierId, name, card }: Measurable,
  folds: NonNullable<Card['folds']>,
  seconds: number,
): EvaluationAnswer {
  const { images, accuracy, loss, per_class, confusion, macro, weighted, ece, method } = folds
  return {
    classifier: classifierId,
    version: name,
    engine: card.engine,
    images,
    accuracy,
    loss,
    per_class,
    confusion,
    macro,
    weighted,
    ece,
    // the images that set the thresholds cannot judge them
    promises: {
      share_answered: null,
      error_among_answered: null,
      coverage: null,
      mean_size: null,
      share_unfamiliar: null,
    },
    method,
    seconds,
  }
}

const nothingToMeasure = (version: Measurable): DarkroomError =>
  new DarkroomError('nothing_to_learn', {
    what: `${version.name} of "${version.classifierId}" was not measured`,
    why: 'none of its test images is on this machine',
    remedy:
      `Get them with npm run dataset -- ${version.classifierId}, or upload labelled images: a fifth ` +
      'of them become test images.',
  })
