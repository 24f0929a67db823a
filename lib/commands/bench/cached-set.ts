/** A set of images with the features of each, computed once and stored, so that a benchmark can train on many draws of
 *  it in seconds: with the functions of a training run, but without a product. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { NetworkCandidate } from '#lib/contracts/training-plan.ts'
import { linkedGroups } from '#lib/domain/grouping/groups.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { FeatureSet } from '#lib/ml/learn/head.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { readStart } from '#lib/processes/settings.ts'
import { embed } from '#lib/training/features/embed.ts'
import { trainingViews } from '#lib/training/features/views.ts'
import { buildPack, openPack, type PackSource } from '#lib/training/run/data/pack.ts'
import { linksByPixels } from '#lib/training/run/learn/links-by-pixels.ts'
import type { TrainingEngine } from '#lib/training/run/ports.ts'
import { availableBackbones } from '#lib/training/run/start/backbones.ts'

/** Remains between runs of the benchmark; the system deletes it. */
const FOLDER = path.join(tmpdir(), 'darkroom-bench-features')
const MAX_PIXELS = 1e8
const INPUT = { size: 224, channels: 3, fit: 'cover' } as const

export type CachedSet = {
  readonly name: string
  readonly classes: readonly string[]
  readonly images: SampleSet
  readonly features: FeatureSet
  /** Of each image: near-copies have the same. */
  readonly groups: Int32Array
  readonly spec: NetworkCandidate['spec']
}

/** The network that one click starts with, or the one that BACKBONE names; DATA_DIR is where it is installed.
 *  @throws where there is none, or several to choose from */
export async function backboneForDraws(): Promise<NetworkCandidate> {
  const { places, settings } = readStart()
  const candidates = await availableBackbones(places, INPUT, settings.BACKBONE)
  if (candidates.length === 1) return candidates[0]!
  throw new Error(
    `There are ${candidates.length} pretrained networks. Name one with BACKBONE, or install one with ` +
      '"npm run backbone -- fetch".',
  )
}

type CachedSetParts = { readonly engine: TrainingEngine; readonly backbone: NetworkCandidate }

/** @param from a folder or ZIP of class folders */
export async function cachedSet(
  from: string,
  { engine, backbone: { folder, spec } }: CachedSetParts,
): Promise<CachedSet & Disposable> {
  const signal = new AbortController().signal
  const classes = new Set<string>()
  async function* samples(): AsyncGenerator<PackSource> {
    const { images } = await openDataset('few-images', { from })
    for await (const { label, bytes } of images) {
      classes.add(label)
      yield { hash: createHash('sha256').update(bytes).digest('hex'), label, split: 'train', bytes }
    }
  }
  const packs = path.join(FOLDER, 'packs')
  const pack = await buildPack({
    folder: packs,
    spec,
    samples: samples(),
    maxPixels: MAX_PIXELS,
    onProgress: () => undefined,
    signal,
  })
  const open = await openPack(packs, pack)
  const names = [...classes].toSorted()
  const images = open.set('train', names)
  const { network, weights } = await readBundle(folder)
  const { sets } = await embed([{ set: images, views: trainingViews(spec, { isMirrored: true, network }) }], {
    engine,
    network,
    weights,
    spec,
    folder: path.join(FOLDER, 'features'),
    onProgress: () => undefined,
    signal,
  })
  return {
    name: path.basename(from).replace(/\.zip$/, ''),
    classes: names,
    images,
    features: sets[0]!,
    groups: linkedGroups(images.count, await linksByPixels(images, spec, signal)),
    spec,
    [Symbol.dispose]: () => open[Symbol.dispose](),
  }
}

/** Some images of a set, in the given order. */
export function someFeatures(
  { length, views, labels }: FeatureSet,
  places: readonly number[],
  ownLabels?: Int32Array,
): FeatureSet {
  return {
    count: places.length,
    length,
    views: views.map((view) => {
      const rows = new Float32Array(places.length * length)
      places.forEach((i, at) => rows.set(view.subarray(i * length, (i + 1) * length), at * length))
      return rows
    }),
    labels: ownLabels ?? Int32Array.from(places, (i) => labels[i]!),
    targets: null,
  }
}
