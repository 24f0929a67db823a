/** The result of a version in few figures, with its mistakes. Only a cross-validation stores single predictions
 *  (`folds.json`); those on test images are not stored, so their mistakes are not listed. */
import type { Output } from '#lib/contracts/contract.ts'
import { MOST_MISTAKES, type modelResult } from '#lib/contracts/version-result.ts'
import type { OutOfFold } from '#lib/contracts/model-files.ts'
import type { Data } from '#lib/data/data.ts'
import type { Sample } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { softmax } from '#lib/domain/calibration.ts'
import { readOutOfFold } from '#lib/ml/formats/bundle.ts'

type Result = Output<typeof modelResult>
type Mistakes = NonNullable<NonNullable<Result['cross_validation']>['mistakes']>
type Sources = Pick<Data, 'samples' | 'runs' | 'snapshots'>
type ResultVersion = Pick<VersionWithCard, 'classifierId' | 'name' | 'runId' | 'folder' | 'classes' | 'card'>

export async function versionResult(data: Sources, version: ResultVersion): Promise<Result> {
  const { test, folds, validation } = version.card
  return {
    classifier: version.classifierId,
    version: version.name,
    test: test && { images: test.images, accuracy: test.accuracy },
    cross_validation: folds
      ? {
          images: folds.images,
          accuracy: folds.accuracy,
          balanced_accuracy: folds.balanced_accuracy,
          near_copies: folds.near_copies,
          mistakes: await mistakesOf(data, version),
        }
      : null,
    validation: validation && { images: validation.images, accuracy: validation.accuracy },
  }
}

async function mistakesOf(data: Sources, version: ResultVersion): Promise<Mistakes | null> {
  const file = await readOutOfFold(version.folder)
  if (!file) return null
  const samples = new Map((await data.samples.all(version.classifierId)).map((one) => [one.hash, one]))
  const labels = await labelsInTraining(data, version.runId)
  const wrong = file.rows
    .flatMap((row) => {
      const label = labels?.get(row.hash) ?? samples.get(row.hash)?.label
      const { predicted, confidence } = predictionOf(row, version.classes)
      // near-copies beyond the first of their group are not in the accuracy either
      return !row.counts || label === undefined || predicted === undefined || predicted === label
        ? []
        : [{ hash: row.hash, label, predicted, confidence }]
    })
    .toSorted((a, b) => b.confidence - a.confidence)
  const images = wrong.flatMap(({ hash, ...mistake }) => {
    const sample = samples.get(hash)
    return sample ? [{ ...shownSample(sample), ...mistake }] : []
  })
  return { count: wrong.length, images: images.slice(0, MOST_MISTAKES) }
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

function predictionOf(
  { logits }: OutOfFold['rows'][number],
  classes: readonly string[],
): { readonly predicted: string | undefined; readonly confidence: number } {
  const probabilities = softmax(logits)
  const confidence = Math.max(...probabilities)
  return { predicted: classes[probabilities.indexOf(confidence)], confidence }
}
