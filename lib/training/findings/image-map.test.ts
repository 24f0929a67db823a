import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ImageMap } from '#lib/data/samples/image-maps.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { embeddingsName, writeRows } from '../features/feature-cache.ts'
import { imageMapOf } from './image-map.ts'

const SHIPPED = join(import.meta.dirname, '../../../models/shapes/v1')
const signal = new AbortController().signal
const data = {
  live: { of: async () => ({ version: { id: 'v' } }) },
  classifiers: { get: async () => ({ classes: ['cat', 'dog'] }) },
  versions: { get: async () => ({ folder: SHIPPED, card: { engine: 'onnx' } }) },
} as never

/** Images of two clusters, with their features stored as a training run stores them. */
async function storedImages(count: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'darkroom-map-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const { network, weights, preprocess: spec } = await readBundle(SHIPPED)
  const length = featureLength(network)
  const random = createRandom(3)
  const centres = [0, 1].map(() => Float32Array.from({ length }, () => normal(random)))
  const images = Array.from({ length: count }, (_, i) => ({
    id: `sample ${i}`,
    hash: `${i}`,
    label: ['cat', 'dog'][i % 2]!,
    groupId: null,
  }))
  const rows = new Float32Array(count * length)
  for (const i of images.keys())
    rows.set(
      centres[i % 2]!.map((value) => value + 0.3 * normal(random)),
      i * length,
    )
  await writeRows(
    join(dataDir, 'cache', 'embeddings'),
    embeddingsName(network, weights, { spec, engine: { name: 'onnx', precision: 'float32' } }),
    { length, keys: images.map(({ hash }) => hash), rows },
  )
  return { dataDir, images }
}

async function mapsOf(count: number, known: Pick<ImageMap, 'basis' | 'method'> | null = null) {
  const { dataDir, images } = await storedImages(count)
  const maps: ImageMap[] = []
  for await (const map of imageMapOf('pets', { images, known }, { data, dataDir, signal })) maps.push(map)
  return maps
}

test('a first map at once, then a better one; both are within 0 and 1 and part the clusters', async () => {
  const maps = await mapsOf(80)

  expect(maps.map(({ method }) => method)).toEqual(['pca', 'umap'])
  for (const { points } of maps) {
    expect(points.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true)
    const nearest = points.map((point) => {
      const distance = (other: typeof point) => Math.hypot(other.x - point.x, other.y - point.y)
      return points
        .filter((other) => other !== point)
        .reduce((best, other) => (distance(other) < distance(best) ? other : best))
    })
    const kindOf = ({ sampleId }: { sampleId: string }) => Number(sampleId.slice(7)) % 2
    const same = points.filter((point, i) => kindOf(point) === kindOf(nearest[i]!)).length
    expect(same / points.length).toBeGreaterThan(0.95)
  }
})

test('the same images are not computed again, and few images have the first map only', async () => {
  const [, known] = await mapsOf(80)
  const few = await mapsOf(12)

  expect(await mapsOf(80, known)).toEqual([])
  expect(few.map(({ method }) => method)).toEqual(['pca'])
})

test('a finished map is replaced by another finished one, never by a first map', async () => {
  const maps = await mapsOf(80, { basis: 'other images', method: 'umap' })

  expect(maps.map(({ method }) => method)).toEqual(['umap'])
})
