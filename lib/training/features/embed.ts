/** Images through a network up to its last layer: the features that a head is trained on, from the cache where
 *  they are stored. It trains nothing and chooses no network. */
import { join } from 'node:path'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { FeatureSet } from '#lib/ml/learn/head.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { asStored, embeddingsName, readKeys, readRows, writeRows } from './feature-cache.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { imagesAtOnce } from '../run/learn/batch-size.ts'
import { viewOf, type View } from './views.ts'

const MOST_AT_ONCE = 32
const KEY = 'features'
/** Limit for the features of other images that remain next to those of a run. */
const MOST_OTHER_BYTES = 64 * 2 ** 20

export type EmbeddingParts = {
  readonly engine: TrainingEngine
  readonly network: Network
  readonly weights: Weights
  readonly spec: Preprocess
  /** DATA_DIR/cache/embeddings */
  readonly folder: string
  /** Called with the number of finished images; cached ones are reported at once. */
  readonly onProgress: (images: number) => void
  readonly signal: AbortSignal
  /** TRAIN_MEMORY_MB; absent: as many images at once as are fast. */
  readonly memoryMb?: number
}

/** A set to embed, each image in each of these views. */
export type EmbeddingSet = { readonly set: SampleSet; readonly views: readonly View[] }

type EmbeddingJob = {
  readonly key: string
  readonly set: SampleSet
  readonly index: number
  readonly view: View
}

export async function embed(
  sets: readonly EmbeddingSet[],
  parts: EmbeddingParts,
): Promise<{ readonly sets: readonly FeatureSet[]; readonly computed: number }> {
  const { engine, network, weights, spec, folder } = parts
  const length = featureLength(network)
  const name = embeddingsName(network, weights, {
    spec,
    engine: { name: engine.name, precision: 'float32' },
  })
  const jobs = sets.map(({ set, views }) =>
    views.map((view) =>
      set.hashes.map((hash, index): EmbeddingJob => ({
        key: view === 'plain' ? hash : `${hash} ${view}`,
        set,
        index,
        view,
      })),
    ),
  )
  const stored = await readRows(folder, name, length)
  const all = jobs.flat(2)
  const missing = all.filter(({ key }) => !stored.has(key))
  parts.onProgress(all.length - missing.length)
  const computed =
    missing.length === 0 ? new Map<string, Float32Array>() : await compute(missing, length, parts)
  const rowOf = (key: string): Float32Array => computed.get(key) ?? stored.get(key)!
  if (computed.size > 0) {
    const own = new Set(all.map(({ key }) => key))
    const keys = [
      ...[...own].filter((key) => computed.has(key) || stored.has(key)),
      ...(await otherKeys(join(folder, name), { own, stored, length })),
    ]
    await writeRows(folder, name, { length, keys, rows: joined(keys.map(rowOf), length) })
  }
  parts.signal.throwIfAborted() // what was computed until then is stored
  return {
    computed: missing.length,
    sets: sets.map(({ set }, i) => ({
      count: set.count,
      length,
      views: jobs[i]!.map((view) =>
        joined(
          view.map(({ key }) => rowOf(key)),
          length,
        ),
      ),
      labels: set.labels,
      targets: set.targets,
    })),
  }
}

/** Of images that are not embedded now, such as those of another classifier: their features stay. Those of images that
 *  were deleted meanwhile do not. */
async function otherKeys(
  place: string,
  {
    own,
    stored,
    length,
  }: {
    readonly own: ReadonlySet<string>
    readonly stored: ReadonlyMap<string, Float32Array>
    readonly length: number
  },
): Promise<readonly string[]> {
  const most = Math.floor(MOST_OTHER_BYTES / (length * Float16Array.BYTES_PER_ELEMENT))
  const now = await readKeys(place).catch(() => [])
  return now.filter((key) => stored.has(key) && !own.has(key)).slice(0, most)
}

/** The rows that were computed before the signal fired, or all. */
async function compute(
  missing: readonly EmbeddingJob[],
  length: number,
  { engine, network, weights, spec, onProgress, signal, memoryMb = Infinity }: EmbeddingParts,
): Promise<ReadonlyMap<string, Float32Array>> {
  const rows = new Map<string, Float32Array>()
  const bytes = squareBytes(spec)
  const plain = new Uint8Array(bytes)
  const atOnce = imagesAtOnce(memoryMb, { network, engine: engine.name }, MOST_AT_ONCE)
  const pixels = new Float32Array(bytes * atOnce)
  await engine.load(KEY, { network, weights })
  try {
    for (let first = 0; first < missing.length; first += atOnce) {
      if (signal.aborted) break
      const batch = missing.slice(first, first + atOnce)
      batch.forEach(({ set, index, view }, i) => {
        set.read(index, plain, 0)
        normalise(viewOf(plain, view, spec), spec, pixels, i * bytes)
      })
      const { features } = await engine.run(KEY, pixels.subarray(0, batch.length * bytes), batch.length)
      if (!features) throw new Error(`${engine.name} does not provide features`)
      batch.forEach(({ key }, i) => rows.set(key, asStored(features.subarray(i * length, (i + 1) * length))))
      onProgress(batch.length)
      await new Promise((resolve) => setImmediate(resolve)) // lets a cancel request arrive
    }
    return rows
  } finally {
    await engine.unload(KEY)
  }
}

function joined(rows: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(rows.length * length)
  rows.forEach((row, i) => all.set(row, i * length))
  return all
}
