/** The result of a version in few figures, with its mistakes: single predictions are in its bundle, those of a
 *  cross-validation in `folds.json`, those on test images in `test.json`, which versions before 2026-11-30 lack. */
import type { Input, Output } from '#lib/contracts/contract.ts'
import {
  MOST_MISTAKES,
  type evaluatedImages,
  type EvaluationSource,
  type modelResult,
} from '#lib/contracts/version-result.ts'
import type { Data } from '#lib/data/data.ts'
import type { Sample } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { confidentShare } from '#lib/domain/evaluation/confident-share.ts'
import { pageOf } from '#lib/domain/page.ts'
import { readOutOfFold, readTestAnswers } from '#lib/ml/formats/bundle.ts'

type Result = Output<typeof modelResult>
type Mistakes = NonNullable<NonNullable<Result['cross_validation']>['mistakes']>
type Sources = Pick<Data, 'samples' | 'runs' | 'snapshots'>
type ResultVersion = Pick<VersionWithCard, 'classifierId' | 'name' | 'runId' | 'folder' | 'classes' | 'card'>

export async function versionResult(data: Sources, version: ResultVersion): Promise<Result> {
  const { test, folds, validation } = version.card
  return {
    classifier: version.classifierId,
    version: version.name,
    test: test && {
      images: test.images,
      accuracy: test.accuracy,
      mistakes: await mistakesOf(data, version, 'test'),
    },
    cross_validation: folds
      ? {
          images: folds.images,
          accuracy: folds.accuracy,
          balanced_accuracy: folds.balanced_accuracy,
          near_copies: folds.near_copies,
          mistakes: await mistakesOf(data, version, 'cross_validation'),
        }
      : null,
    confident: confidentShare(version.card),
    validation: validation && { images: validation.images, accuracy: validation.accuracy },
  }
}

async function mistakesOf(
  data: Sources,
  version: ResultVersion,
  source: EvaluationSource,
): Promise<Mistakes | null> {
  const wrong = (await evaluatedOf(data, version, source))?.filter(isIncorrect)
  if (!wrong) return null
  return { count: wrong.length, images: wrong.flatMap(shown).slice(0, MOST_MISTAKES) }
}

/** The images that a version was evaluated on one by one: all, or those behind one cell of its confusion matrix, which
 *  is that of the test images where there are some. */
export async function imagesOfVersion(
  data: Sources,
  version: ResultVersion,
  {
    label,
    predicted,
    outcome,
    cursor,
    limit,
    source = version.card.test ? 'test' : 'cross_validation',
  }: Input<typeof evaluatedImages>,
): Promise<Output<typeof evaluatedImages>> {
  const evaluated = await evaluatedOf(data, version, source)
  const wanted = (evaluated ?? []).filter(
    (one) =>
      (label === undefined || one.label === label) &&
      (predicted === undefined || one.predicted === predicted) &&
      (outcome === 'all' || isIncorrect(one) === (outcome === 'incorrect')),
  )
  const stored = wanted.filter(({ sample }) => sample)
  const after = cursor === undefined ? -1 : stored.findIndex(({ hash }) => hash === cursor)
  const { rows, next } = pageOf(stored.slice(after + 1, after + 2 + limit), limit, ({ hash }) => hash)
  return {
    classifier: version.classifierId,
    version: version.name,
    source: evaluated && source,
    total: wanted.length,
    deleted: wanted.length - stored.length,
    images: rows.flatMap(shown),
    next_cursor: next,
  }
}

type EvaluatedImage = {
  readonly hash: string
  readonly label: string
  readonly predicted: string
  readonly confidence: number
  /** Undefined where it was deleted since. */
  readonly sample: Sample | undefined
}

const isIncorrect = ({ label, predicted }: EvaluatedImage): boolean => label !== predicted

const shown = ({ sample, label, predicted, confidence }: EvaluatedImage) =>
  sample ? [{ ...shownSample(sample), label, predicted, confidence }] : []

/** Those that the figures count, the surest first; null where their predictions are not stored. */
async function evaluatedOf(
  data: Sources,
  version: ResultVersion,
  source: EvaluationSource,
): Promise<readonly EvaluatedImage[] | null> {
  const rows = await storedRows(version, source)
  if (!rows) return null
  const samples = new Map((await data.samples.all(version.classifierId)).map((one) => [one.hash, one]))
  const labels = await labelsInTraining(data, version.runId)
  return rows
    .flatMap((row) => {
      const sample = samples.get(row.hash)
      const label = labels?.get(row.hash) ?? sample?.label
      const { predicted, confidence } = predictionOf(row, version.classes)
      return label === undefined || predicted === undefined
        ? []
        : [{ hash: row.hash, label, predicted, confidence, sample }]
    })
    .toSorted((a, b) => b.confidence - a.confidence || (a.hash < b.hash ? -1 : 1))
}

type AnswerRow = { readonly hash: string; readonly logits: readonly number[] }

async function storedRows(
  { folder, card }: ResultVersion,
  source: EvaluationSource,
): Promise<readonly AnswerRow[] | null> {
  if (source === 'cross_validation') {
    const file = await readOutOfFold(folder)
    // near-copies beyond the first of their group are not in the accuracy either
    return file && file.rows.filter(({ counts }) => counts)
  }
  const file = await readTestAnswers(folder)
  const temperature = card.calibration?.temperature ?? 1
  return (
    file &&
    file.rows.map(({ hash, logits }) => ({ hash, logits: logits.map((logit) => logit / temperature) }))
  )
}

/** How an answer of the API names a sample. */
export const shownSample = ({ id, filename }: Pick<Sample, 'id' | 'filename'>) => ({
  sample_id: id,
  image_url: `/api/samples/${id}/image`,
  filename,
})

/** Labels by hash as they were trained on; null for a version that was not trained here. */
async function labelsInTraining(
  data: Sources,
  runId: string | null,
): Promise<ReadonlyMap<string, string> | null> {
  const snapshotId = runId === null ? null : (await data.runs.get(runId)).snapshotId
  if (snapshotId === null) return null
  return new Map((await data.snapshots.entriesOf(snapshotId)).map(({ hash, label }) => [hash, label]))
}

/** Class and confidence of one row, scaled by the temperature. */
export function predictionOf(
  { logits }: Pick<AnswerRow, 'logits'>,
  classes: readonly string[],
): { readonly predicted: string | undefined; readonly confidence: number } {
  const probabilities = softmax(logits)
  const confidence = Math.max(...probabilities)
  return { predicted: classes[probabilities.indexOf(confidence)], confidence }
}
