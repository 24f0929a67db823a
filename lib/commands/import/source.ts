/** The input of `npm run import`: a file, a folder or an official network, read into a model. */
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Fit } from '#lib/domain/classifier.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { cannotImport } from '#lib/ml/formats/keras-config.ts'
import { fromKerasH5 } from '#lib/ml/formats/keras-h5.ts'
import type { KerasModel } from '#lib/ml/formats/keras-model.ts'
import type { Start } from '#lib/processes/settings.ts'
import type { ModelImport, PixelRange } from '#lib/training/import/import-model.ts'
import { fetchOfficialNetwork, OFFICIAL } from './official-network.ts'
import { wrong } from '../terminal/wrong-argument.ts'

const LARGEST_MB = 500

export type ImportArguments = {
  readonly from: string | null
  readonly classes: readonly string[] | null
  readonly pixels: PixelRange | null
  readonly fit: Fit | null
  readonly size: number | undefined
  readonly command: string
  readonly calibration: ModelImport['calibration']
}
export type ForeignModel = { readonly model: KerasModel; readonly file: ModelImport['file'] }

export async function fetchModel(
  { size }: ImportArguments,
  { settings, places }: Start,
): Promise<ForeignModel> {
  const model = await fetchOfficialNetwork({
    mirror: settings.DATASET_MIRROR,
    downloads: join(places.dataDir, 'downloads'),
    size,
  })
  return { model, file: { name: OFFICIAL.folder, sha256: OFFICIAL.digest } }
}

export async function readModel(from: string, { size }: ImportArguments): Promise<ForeignModel> {
  if (!existsSync(from))
    throw wrong('Nothing was imported', `${from} does not exist`, 'Specify a file with --from.')
  const isFolder = statSync(from).isDirectory()
  const main = isFolder ? join(from, 'weights.bin') : from
  if (statSync(main, { throwIfNoEntry: false }) === undefined)
    throw cannotImport('the folder has no weights.bin')
  if (statSync(main).size > LARGEST_MB * 2 ** 20)
    throw cannotImport(`${basename(main)} is larger than ${LARGEST_MB} MB`)
  const bytes = await readFile(main)
  const model = isFolder
    ? fromForeignTfjs(
        await readFile(join(from, 'model.json'), 'utf8'),
        bytes,
        size === undefined ? {} : { size },
      )
    : fromKerasH5(bytes)
  return { model, file: { name: basename(from), sha256: createHash('sha256').update(bytes).digest('hex') } }
}
