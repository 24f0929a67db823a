/** What a version answers for images whose features are stored: its last layer alone, on what a training run computed
 *  with the same layers before it. It decodes nothing and needs no engine. */
import { join } from 'node:path'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { headLogits } from '#lib/ml/learn/softmax-regression.ts'
import { headIn } from '#lib/ml/network/head-network.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { embeddingsName, readSomeRows } from '../features/feature-cache.ts'

/** @param engine of the run that computed the features
 *  @returns logits by hash; images without stored features are left out */
export type StoredAnswers = (
  version: Pick<VersionWithCard, 'folder'>,
  hashes: readonly string[],
  engine: string,
) => Promise<ReadonlyMap<string, Float32Array>>

export const storedAnswersIn =
  (dataDir: string): StoredAnswers =>
  async ({ folder }, hashes, engine) => {
    if (hashes.length === 0) return new Map()
    const { network, weights, preprocess: spec } = await readBundle(folder)
    const length = featureLength(network)
    const name = embeddingsName(network, weights, { spec, engine: { name: engine, precision: 'float32' } })
    const place = join(dataDir, 'cache', 'embeddings', name)
    const rows = await readSomeRows(place, hashes, length).catch(() => new Map<string, Float32Array>())
    const head = headIn(network, weights)
    return new Map([...rows].map(([hash, row]) => [hash, headLogits(head, row)]))
  }
