/**
 * MobileNetV2 0.35 from its publisher's address: downloaded, and accepted only when every weight is the
 * known one. This file names the address; the caller decides what to do with the network.
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { weightsManifest } from '#lib/contracts/developer-files.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { download } from '#lib/ingest/readers/download.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import type { KerasModel } from '#lib/ml/formats/keras-model.ts'
import { digestOf, MOBILENET_V2_035 } from '#lib/training/features/known-networks.ts'

/** The name that downloads it: `npm run import -- --body mobilenet-v2`. */
export const OFFICIAL_BODY = 'mobilenet-v2'

/**
 * Google's bucket of Teachable Machine, whose exported models start with this network; without its head it
 * ends in feature maps of 7 × 7 × 1,280.
 */
export const OFFICIAL = {
  folder: 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top',
  address: 'https://storage.googleapis.com/teachable-machine-models',
  digest: MOBILENET_V2_035,
} as const
const MOST_JSON_BYTES = 500_000
const WEIGHT_BYTES = 1_640_832 // 410,208 numbers of 4 bytes
const PLAIN_NAME = /^\w[\w.-]*$/

export type DownloadOptions = {
  readonly mirror: string | undefined
  readonly downloads: string
  readonly size: number | undefined
  readonly signal?: AbortSignal
}

/**
 * @throws `bad_data_file` when the download fails, or when the result differs from the known network in a
 * single bit; then no part of it is left here.
 */
export async function fetchOfficialNetwork(
  { mirror, downloads, size, signal }: DownloadOptions,
  official: { readonly folder: string; readonly address: string; readonly digest: string } = OFFICIAL,
): Promise<KerasModel> {
  const folder = join(downloads, official.folder)
  const fetched = async (name: string, packedBytes: number): Promise<Buffer> => {
    const to = join(folder, name)
    const file = {
      name: `${official.folder}/${name}`,
      urls: [`${official.address}/${official.folder}/${name}`],
      packedBytes,
    }
    await download({ file, to, mirror, check: () => Promise.resolve(), signal })
    return readFile(to)
  }
  try {
    const modelJson = (await fetched('model.json', MOST_JSON_BYTES / 2)).toString()
    const weights: Buffer[] = []
    for (const name of weightFiles(modelJson)) weights.push(await fetched(name, WEIGHT_BYTES))
    const model = fromForeignTfjs(modelJson, Buffer.concat(weights), size === undefined ? {} : { size })
    if (digestOf(model) !== official.digest) throw notOfficial(official.folder, 'its weights differ')
    return model
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function weightFiles(modelJson: string): readonly string[] {
  try {
    const names = weightsManifest.parse(JSON.parse(modelJson)).weightsManifest.flatMap(({ paths }) => paths)
    if (names.length > 0 && names.every((name) => PLAIN_NAME.test(name))) return names
  } catch {
    /* reported below */
  }
  throw notOfficial('model.json', 'it has no list of weight files')
}

const notOfficial = (name: string, why: string): DarkroomError =>
  new DarkroomError('bad_data_file', {
    what: `${name} is not the official MobileNetV2 0.35`,
    why,
    remedy: 'Specify a folder with the official files with --from. Nothing was imported.',
  })
