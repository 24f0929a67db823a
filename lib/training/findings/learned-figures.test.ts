import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { embeddingsName, writeRows } from '../features/feature-cache.ts'
import { learnedFigures } from './learned-figures.ts'

const SHIPPED = join(import.meta.dirname, '../../../models/shapes/v1')
const signal = new AbortController().signal

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-learned-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

type VersionParts = {
  readonly folder: string
  readonly classes: readonly string[]
  readonly now: readonly string[]
}

/** A classifier with the classes `now` and a live version. */
const dataOf = ({ folder, classes, now }: VersionParts) =>
  ({
    live: { of: async () => ({ version: { id: 'v' } }) },
    classifiers: { get: async () => ({ classes: now }) },
    versions: { get: async () => ({ folder, classes, card: { engine: 'onnx' } }) },
  }) as never
const image = (hash: string, label: string | null) => ({ id: hash, hash, label, groupId: null })

test('out-of-fold answers have the order of the classes today, and none for classes that are unknown', async () => {
  const folder = emptyFolder()
  const rows = [{ hash: 'a', group: 0, counts: true, logits: [Math.log(3), 0] }]
  writeFileSync(join(folder, 'folds.json'), JSON.stringify({ format: 1, folds: 5, rows }))
  const data = dataOf({ folder, classes: ['cat', 'dog'], now: ['cow', 'dog', 'cat'] })
  const images = [image('a', 'cat'), image('a', 'cow'), image('a', null), image('new', 'cat')]

  const { probabilities, distances } = await learnedFigures('pets', images, { data, dataDir: folder, signal })

  expect(probabilities!.slice(1)).toEqual([null, null, null])
  expect(Array.from(probabilities![0]!, (one) => Number(one.toFixed(9)))).toEqual([0, 0.25, 0.75])
  expect(distances).toBeNull() // the folder holds no network
})

test('without them, stored features tell the classes of neighbours and how far they are', async () => {
  const dataDir = emptyFolder()
  const { network, weights, preprocess: spec } = await readBundle(SHIPPED)
  const length = featureLength(network)
  const random = createRandom(3)
  const centres = [0, 1].map(() => Float32Array.from({ length }, () => 1 + normal(random)))
  // 15 images of each of two clusters, and one that is labelled as the other cluster
  const images = Array.from({ length: 31 }, (_, i) => image(`${i}`, i < 15 || i === 30 ? 'cat' : 'dog'))
  const rows = images.map((_one, i) => centres[i < 15 ? 0 : 1]!.map((value) => value + 0.05 * normal(random)))
  const flat = new Float32Array(rows.length * length)
  rows.forEach((row, i) => flat.set(row, i * length))
  const name = embeddingsName(network, weights, { spec, engine: { name: 'onnx', precision: 'float32' } })
  await writeRows(join(dataDir, 'cache', 'embeddings'), name, {
    length,
    keys: images.map(({ hash }) => hash),
    rows: flat,
  })
  const data = dataOf({ folder: SHIPPED, classes: [], now: ['cat', 'dog'] })
  const unknown = image('unknown', 'cat')

  const { probabilities, distances } = await learnedFigures('pets', [...images, unknown], {
    data,
    dataDir,
    signal,
  })

  expect(Array.from(probabilities![0]!)).toEqual([1, 0])
  expect(Array.from(probabilities![30]!)).toEqual([0, 1])
  expect(probabilities![31]).toBeNull()
  expect(distances![0]).toBeLessThan(0.05)
  expect(distances![31]).toBeNaN()
})

test('features of less than half of the images say nothing', async () => {
  const data = dataOf({ folder: SHIPPED, classes: [], now: ['cat'] })

  const figures = await learnedFigures('pets', [image('a', 'cat')], { data, dataDir: emptyFolder(), signal })

  expect(figures).toEqual({ probabilities: null, distances: null })
})
