import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { embeddingsName, writeRows } from '../features/feature-cache.ts'
import { learningCurveOf } from './learning-curve.ts'

const SHIPPED = join(import.meta.dirname, '../../../models/shapes/v1')
const signal = new AbortController().signal
const CLASSES = ['cat', 'dog']

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-curve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const dataWith = (live: object | null) =>
  ({
    live: { of: async () => live },
    classifiers: { get: async () => ({ classes: CLASSES }) },
    versions: { get: async () => ({ folder: SHIPPED, card: { engine: 'onnx' } }) },
  }) as never
const data = dataWith({ version: { id: 'v' } })

/** Images of two overlapping clusters, with their features stored as a training run stores them. */
async function storedImages(perClass: number) {
  const dataDir = emptyFolder()
  const { network, weights, preprocess: spec } = await readBundle(SHIPPED)
  const length = featureLength(network)
  const random = createRandom(3)
  const centres = CLASSES.map(() => Float32Array.from({ length }, () => 0.3 * normal(random)))
  const images = Array.from({ length: 2 * perClass }, (_, i) => ({
    id: `${i}`,
    hash: `${i}`,
    label: CLASSES[i % 2]!,
    groupId: null,
  }))
  const rows = new Float32Array(images.length * length)
  for (const i of images.keys())
    rows.set(
      centres[i % 2]!.map((value) => value + normal(random)),
      i * length,
    )
  await writeRows(
    join(dataDir, 'cache', 'embeddings'),
    embeddingsName(network, weights, { spec, engine: { name: 'onnx', precision: 'float32' } }),
    { length, keys: images.map(({ hash }) => hash), rows },
  )
  return { dataDir, images }
}

test('one class alone has no curve', async () => {
  const { dataDir, images } = await storedImages(40)
  const merged = images.map((image) => ({ ...image, label: 'cat' }))

  const stored = await learningCurveOf('pets', { images: merged, known: null }, { data, dataDir, signal })

  expect(stored?.curves).toBeNull()
})

test('images without a label do not take the curve away from the others', async () => {
  const { dataDir, images } = await storedImages(40)
  const waiting = Array.from({ length: 100 }, (_, i) => ({
    id: `w${i}`,
    hash: `w${i}`,
    label: null,
    groupId: null,
  }))

  const stored = await learningCurveOf(
    'pets',
    { images: [...images, ...waiting], known: null },
    { data, dataDir, signal },
  )

  expect(stored?.curves).not.toBeNull()
})

test('the curve of all images and of each class, and no computation where nothing has changed', async () => {
  const { dataDir, images } = await storedImages(40)
  const how = { data, dataDir, signal }

  const stored = await learningCurveOf('pets', { images, known: null }, how)
  const again = await learningCurveOf('pets', { images, known: stored }, how)
  const relabelled = images.map((one, i) => (i === 0 ? { ...one, label: 'dog' } : one))
  const changed = await learningCurveOf('pets', { images: relabelled, known: stored }, how)

  const { all, per_class: perClass } = stored!.curves!
  expect(all.images).toBe(80)
  expect(all.measured.map(({ images: count }) => Math.round(count))).toEqual([8, 16, 32, 64])
  expect(all.then.low).toBeLessThanOrEqual(all.then.value)
  expect(perClass.map(({ class: name, curve }) => [name, curve?.images])).toEqual([
    ['cat', 40],
    ['dog', 40],
  ])
  expect(again).toBe(stored)
  expect(changed!.basis).not.toBe(stored!.basis)
})

test('without a version there is no curve, and too few images have no curve', async () => {
  const { dataDir, images } = await storedImages(4)

  const none = { data: dataWith(null), dataDir, signal }
  expect(await learningCurveOf('pets', { images, known: null }, none)).toBeNull()
  const few = await learningCurveOf('pets', { images, known: null }, { data, dataDir, signal })
  expect(few!.curves).toBeNull()
  const unknown = { data, dataDir: emptyFolder(), signal }
  expect(await learningCurveOf('pets', { images, known: null }, unknown)).toBeNull()
})
