/** Copies the out-of-fold answers of a version (folds.json) into rows, by which a list of images is filtered and
 *  sorted. Versions that were evaluated on a test set only have none. */
import type { Data } from '#lib/data/data.ts'
import type { Version } from '#lib/data/versions/version-values.ts'

type Stores = Pick<Data, 'samplePredictions'>

export async function storePredictions(
  { samplePredictions }: Stores,
  { id, folder, classes }: Pick<Version, 'id' | 'folder' | 'classes'>,
): Promise<void> {
  // on demand: a worker that starts looks whether there is anything to store
  const { readOutOfFold } = await import('#lib/ml/formats/bundle.ts')
  const { predictionOf } = await import('./version-result.ts')
  const file = await readOutOfFold(folder)
  if (!file) return
  const rows = file.rows.flatMap((row) => {
    const { predicted, confidence } = predictionOf(row, classes)
    return predicted === undefined ? [] : [{ hash: row.hash, predicted, confidence }]
  })
  await samplePredictions.store(id, rows)
}

/** For versions that were saved before these rows existed. */
export async function storeMissingPredictions(
  data: Stores & Pick<Data, 'classifiers' | 'versions'>,
): Promise<void> {
  for (const { id } of await data.classifiers.list())
    for (const version of await data.versions.list(id))
      if (!version.isShipped && !(await data.samplePredictions.has(version.id)))
        await storePredictions(data, version)
}
