import { existsSync, globSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, onTestFinished, test } from 'vitest'
import { goldenFailure, readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import { layoutOf, type Network, type Weights } from '#lib/ml/network/network.ts'
import { onnxFile } from '#lib/ml/onnx/onnx-file.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { referenceAnswers } from '#lib/ml/reference/step.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'
import { savedVit } from '#lib/training/pretrained/onnx/vit.fakes.ts'
import { openEngine } from '../open-engine.ts'
import { goldenImages } from '#lib/training/run/seal/golden.ts'

/** Each kind of layer whose weights a file may contain, odd widths among them. */
const network: Network = {
  name: 'all',
  input: { size: 12, channels: 3 },
  classes: 3,
  layers: [
    { name: 'conv1', kind: 'conv', kernel: 3, filters: 7, stride: 1 },
    { name: 'norm1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'relu' },
    { name: 'deep2', kind: 'depthwise', kernel: 3, stride: 1 },
    { name: 'norm2', kind: 'batchNorm' },
    { name: 'relu2', kind: 'relu', most: 6 },
    { name: 'point3', kind: 'conv', kernel: 1, filters: 7, stride: 1 },
    { name: 'norm3', kind: 'batchNorm' },
    { name: 'sum', kind: 'add', other: 'relu1' },
    { name: 'norm4', kind: 'batchNorm' },
    { name: 'relu4', kind: 'relu' },
    { name: 'pool', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 3, bias: true },
  ],
}

function trainedWeights(): Weights {
  const random = createRandom(4)
  return Object.fromEntries(
    Object.entries(initialWeights(network, 4)).map(([name, values]) => [
      name,
      values.map((value) =>
        /gamma|variance/.test(name) ? value * (0.5 + random()) : value + 0.1 * normal(random),
      ),
    ]),
  )
}

test('model.onnx next to weights.bin predicts as the layers do, in a program that only reads ONNX', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-onnx-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { modelJson, weightsBin, places } = toTfjs(layoutOf(network), trainedWeights())
  const loaded = fromTfjs(modelJson, weightsBin)
  const random = createRandom(8)
  const pixels = new Float32Array(4 * 12 * 12 * 3).map(() => normal(random))
  const file = onnxFile(layoutOf(loaded.network), loaded.weights, places)
  writeFileSync(join(folder, 'model.onnx'), file)
  writeFileSync(join(folder, 'weights.bin'), weightsBin)

  const session = await InferenceSession.create(join(folder, 'model.onnx'))
  const { logits, features } = await session.run({ pixels: new Tensor('float32', pixels, [4, 12, 12, 3]) })
  await session.release()

  const request = referenceAnswers(network, loaded.weights, { pixels, count: 4 })
  expect(logits!.dims).toEqual([4, 3])
  expect(features!.dims).toEqual([4, 7])
  ;(logits!.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(request.logits[i]!, 4))
  expect(file.length).toBeLessThan(20_000) // the kernels are in weights.bin
  // only the one that follows no kernel: its operator and its name
  expect(Buffer.from(file).toString('latin1').split('BatchNormalization').length - 1).toBeLessThanOrEqual(2)
})

test('model.onnx on an ONNX file predicts as the engine does, with the numbers of the files next to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-onnx-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const first = await readBundle(await savedVit(folder))
  const kernel = Float32Array.from({ length: 32 * 2 }, (_, i) => Math.sin(i))
  await writeBundle(join(folder, 'v2'), { ...first, weights: { ...first.weights, 'logits/kernel': kernel } })
  const bundle = await readBundle(join(folder, 'v2'))
  const pixels = new Float32Array(2 * 64 * 64 * 3).map((_, i) => Math.sin(i / 50))

  const session = await InferenceSession.create(join(folder, 'v2', 'model.onnx'))
  const { logits } = await session.run({ pixels: new Tensor('float32', pixels, [2, 64, 64, 3]) })
  await session.release()
  await using engine = await openEngine('onnx', 'inference', { threads: 1 })
  await engine.load('vit', bundle)
  const answer = await engine.run('vit', pixels, 2)

  expect(Math.max(...answer.logits)).toBeGreaterThan(0.1)
  answer.logits.forEach((value, k) => expect(logits!.data[k]).toBeCloseTo(value, 4))
  expect(bundle.manifest.files['model.onnx']!.bytes).toBeLessThan(40_000)
  expect(statSync(join(folder, 'v2', 'backbone.onnx')).nlink).toBeGreaterThan(1) // not stored again
})

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const shipped = globSync('*/v*/model.onnx', { cwd: MODELS }).filter((file) =>
  existsSync(join(MODELS, dirname(file), '..', 'classifier.json')),
)

test.each(shipped)('%s reproduces the golden outputs of its version', async (file) => {
  const { golden, preprocess: spec, classes } = await readBundle(join(MODELS, dirname(file)))
  const images = goldenImages()
  const pixels = new Float32Array(images.length * squareBytes(spec))
  images.forEach(({ image }, i) => normalise(preprocess(image, spec), spec, pixels, i * squareBytes(spec)))
  const session = await InferenceSession.create(join(MODELS, file))

  const { logits } = await session.run({
    pixels: new Tensor('float32', pixels, [images.length, spec.size, spec.size, spec.channels]),
  })
  await session.release()

  const rows = images.map((_, i) =>
    (logits!.data as Float32Array).slice(i * classes.length, (i + 1) * classes.length),
  )
  expect(goldenFailure(golden, rows)).toBeNull()
})
