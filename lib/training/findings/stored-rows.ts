/** The features of a classifier's images by the network of a version, as the last training run stored them. It decodes
 *  nothing and runs no network. */
import { join } from 'node:path'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { embeddingsName, readSomeRows } from '../features/feature-cache.ts'

/** What fewer known images show is not the set: all images of a class may be missing. */
const LEAST_KNOWN = 0.5

export type StoredRows = {
  /** Of the network: others have other features. */
  readonly name: string
  readonly length: number
  readonly rows: readonly Float32Array[]
  /** Of the images. */
  readonly places: readonly number[]
}

/** Null where too few of the images have features, or the version is damaged. */
export async function storedRows(
  { folder, card }: Pick<VersionWithCard, 'folder' | 'card'>,
  images: readonly { readonly hash: string; readonly label: string | null }[],
  dataDir: string,
): Promise<StoredRows | null> {
  const bundle = await readBundle(folder).catch((error: unknown) => {
    if (isDarkroomError(error)) return null // health names a damaged version; the images can be checked without it
    throw error
  })
  if (bundle === null) return null
  const { network, weights, preprocess: spec } = bundle
  const length = featureLength(network)
  const name = embeddingsName(network, weights, { spec, engine: { name: card.engine, precision: 'float32' } })
  const stored = await readSomeRows(
    join(dataDir, 'cache', 'embeddings', name),
    images.map(({ hash }) => hash),
    length,
  ).catch(() => new Map<string, Float32Array>())
  const places = images.flatMap(({ hash }, i) => (stored.has(hash) ? [i] : []))
  // training stores no features of images without a label, of which there may be more than of the others
  const labelled = images.filter(({ label }) => label !== null).length
  const known = places.filter((place) => images[place]!.label !== null).length
  if (places.length === 0 || known < LEAST_KNOWN * labelled) return null
  return { name, length, places, rows: places.map((place) => stored.get(images[place]!.hash)!) }
}
