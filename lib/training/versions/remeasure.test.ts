import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import { layoutOf, type Network } from '#lib/ml/network/network.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { goldenLogits, goldenOf } from '../run/seal/golden.ts'
import { snapshotHash, type PackSource } from '../run/data/pack.ts'
import { remeasure } from './remeasure.ts'
import { cardOf } from '../rows.fakes.ts'
import { preprocessFor } from '../shipped/shipped.ts'

const CLASSES = ['circle', 'star'] as const
const input = { size: 16, channels: 3, fit: 'cover' } as const
const network: Network = {
  name: 'tiny',
  input,
  classes: 2,
  layers: [
    { name: 'conv', kind: 'conv', kernel: 3, filters: 8, stride: 2 },
    { name: 'norm', kind: 'batchNorm' },
    { name: 'relu', kind: 'relu' },
    { name: 'pool', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 2, bias: true },
  ],
}

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'inference', { threads: 1 })
})
afterAll(() => engine[Symbol.asyncDispose]())

/** 60 training, 220 validation and 40 test images. */
function splitOf(i: number): PackSource['split'] {
  if (i < 60) return 'train'
  return i < 280 ? 'validation' : 'test'
}

async function* drawn(seed = 0): AsyncGenerator<PackSource> {
  for (let i = 0; i < 320; i++) {
    const label = CLASSES[i % 2]!
    const bytes = encodePng(drawShape(label, seed + i))
    yield {
      hash: createHash('sha256').update(bytes).digest('hex'),
      label,
      split: splitOf(i),
      bytes,
    }
  }
}

/** A saved version without measurements, in a folder of its own. */
async function sealed() {
  const under = mkdtempSync(join(tmpdir(), 'darkroom-reseal-'))
  onTestFinished(() => rmSync(under, { recursive: true, force: true }))
  const folder = join(under, 'pair', 'v1')
  const { modelJson, weightsBin } = toTfjs(layoutOf(network), initialWeights(network, 3))
  const loaded = fromTfjs(modelJson, weightsBin)
  const spec = preprocessFor(input)
  await engine.load('golden', loaded)
  const golden = goldenOf(await goldenLogits(engine, 'golden', spec))
  await engine.unload('golden')
  const entries = []
  for await (const { hash, label, split } of drawn()) entries.push({ hash, label, split })
  const card = {
    ...cardOf('v1'),
    classifier: 'pair',
    data: { ...cardOf('v1').data, snapshot: snapshotHash(entries), test_opened: 1 },
    notes: [
      'A note of its own.',
      'Confidence is not calibrated: 3 validation images are too few (200 are needed).',
    ],
  }
  await writeBundle(folder, { ...loaded, preprocess: spec, classes: CLASSES, card, golden, reference: null })
  const again = (samples: () => AsyncIterable<PackSource>) =>
    remeasure(
      { folder, isMirrorable: true, samples, packs: join(under, 'packs'), maxPixels: 1e6, foreign: [] },
      { engine, openTest: async () => 1, signal: new AbortController().signal, report: () => {} },
    )
  return { folder, again }
}

test('measured again, a version has the same weights, a more complete card, and distances', async () => {
  const { folder, again } = await sealed()
  const before = await readBundle(folder)
  const request = {
    kind: 'infer',
    id: 1,
    key: 'v1',
    images: [encodePng(drawShape('star', 7))],
    maxPixels: 1e6,
    wantsFeatures: false,
  } as const
  const versions = loadedModels(engine)
  await versions.load({ key: 'v1', folder })
  expect((await versions.infer(request)).images[0]).toMatchObject({ ok: true, distance: null })
  await versions.unload('v1')

  const card = await again(() => drawn())

  const after = await readBundle(folder)
  expect(after.card).toEqual(card)
  expect(after.weights).toEqual(before.weights)
  expect(after.golden).toEqual(before.golden)
  expect(card).toMatchObject({
    created_at: before.card.created_at,
    data: { test_opened: 2 },
    notes: ['A note of its own.'],
    candidates: { level: 0.95 },
    familiarity: { references: 60, threshold: expect.any(Number) },
    robustness: { images: 40 },
  })
  expect(Object.keys(after.manifest.files)).toEqual(expect.arrayContaining(['model.onnx', 'reference.bin']))
  await versions.load({ key: 'v1', folder })
  const {
    images: [prediction],
  } = await versions.infer(request)
  expect(prediction).toMatchObject({ ok: true, distance: expect.any(Number), features: null })
  await versions.unload('v1')
}, 30_000)

test('images other than its training data are refused, and the version stays as it was', async () => {
  const { folder, again } = await sealed()
  const before = await readBundle(folder)

  await expect(again(() => drawn(10_000))).rejects.toMatchObject({
    code: 'invalid_input',
    why: expect.stringContaining('not the images that it was trained on'),
  })

  expect(await readBundle(folder)).toEqual(before)
}, 30_000)
