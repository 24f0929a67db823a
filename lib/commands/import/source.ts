/** The input of `npm run import`: a file, a folder or an official network, read into a model. */
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { weightsManifest } from '#lib/contracts/developer-files.ts'
import type { Fit } from '#lib/domain/classifier.ts'
import { isZip, readZip } from '#lib/archive/read-zip.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { cannotImport } from '#lib/ml/formats/keras-config.ts'
import { fromKerasH5 } from '#lib/ml/formats/keras-h5.ts'
import { fromKerasZip, KERAS_CONFIG, KERAS_WEIGHTS } from '#lib/ml/formats/keras-zip.ts'
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
  const fileOf = (bytes: Uint8Array): ModelImport['file'] => ({
    name: basename(from),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  if (isFolder) {
    const modelJson = await readOrRefuse(join(from, 'model.json'))
    const shards = await Promise.all(
      weightPaths(modelJson.toString('utf8')).map((name) => readOrRefuse(join(from, basename(name)))),
    )
    const weights = Buffer.concat(shards)
    const how = size === undefined ? {} : { size }
    return { model: fromForeignTfjs(modelJson.toString('utf8'), weights, how), file: fileOf(weights) }
  }
  const bytes = await readOrRefuse(from)
  return { model: isZip(bytes) ? await fromKerasFile(bytes) : fromKerasH5(bytes), file: fileOf(bytes) }
}

/** The files with the weights, in their order. */
function weightPaths(modelJson: string): readonly string[] {
  const read = weightsManifest.safeParse(JSON.parse(modelJson))
  if (!read.success) throw cannotImport('its model.json names no files with weights')
  return read.data.weightsManifest.flatMap(({ paths }) => paths)
}

async function readOrRefuse(path: string): Promise<Buffer> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw cannotImport(`the folder has no ${basename(path)}`)
  if (stat.size > LARGEST_MB * 2 ** 20)
    throw cannotImport(`${basename(path)} is larger than ${LARGEST_MB} MB`)
  return readFile(path)
}

/** The `.keras` format of Keras 3. */
async function fromKerasFile(zip: Uint8Array): Promise<KerasModel> {
  const limits = { entryBytes: LARGEST_MB * 2 ** 20, totalBytes: LARGEST_MB * 2 ** 20 }
  const wants = (path: string): boolean => path === KERAS_CONFIG || path === KERAS_WEIGHTS
  const parts = new Map<string, Uint8Array>()
  for await (const entry of readZip(zip, { ...limits, wants }))
    if (entry.kind === 'file') parts.set(entry.path, entry.bytes)
  const [config, weights] = [parts.get(KERAS_CONFIG), parts.get(KERAS_WEIGHTS)]
  if (!config || !weights)
    throw cannotImport(
      `it is a ZIP archive without ${KERAS_CONFIG} and ${KERAS_WEIGHTS}, which a .keras file has`,
    )
  return fromKerasZip(new TextDecoder().decode(config), weights)
}
