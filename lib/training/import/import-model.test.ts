import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { fromKerasH5 } from '#lib/ml/formats/keras-h5.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { saveImported, type ModelImport } from './import-model.ts'

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../ml/formats/fixtures/${name}`, import.meta.url))
const expectation = JSON.parse(fixture('keras-sequential.json').toString()) as {
  pixels: string[]
  probabilities: number[][]
}

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'inference')
})
afterAll(() => engine[Symbol.asyncDispose]())

function importing(change: Partial<ModelImport> = {}): ModelImport {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-import-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const bytes = fixture('keras-sequential.h5')
  return {
    model: fromKerasH5(bytes),
    classes: ['ash', 'birch', 'cedar'],
    classifier: { id: 'trees', title: 'Trees' },
    version: 'v1',
    out: join(folder, 'v1'),
    pixels: null,
    fit: 'stretch',
    file: { name: 'trees.h5', sha256: createHash('sha256').update(bytes).digest('hex') },
    calibration: null,
    command: 'npm run import -- trees --from trees.h5',
    codeVersion: 'test',
    machine: 'test',
    ...change,
  }
}

test('an imported Keras file predicts, from image bytes, what Keras predicted', async () => {
  const request = importing()

  await saveImported(request, { engine, now: () => new Date(0) })

  const bundle = await readBundle(request.out)
  const pixels = new Float32Array(squareBytes(bundle.preprocess) * expectation.pixels.length)
  normalise(
    Buffer.concat(expectation.pixels.map((text) => Buffer.from(text, 'base64'))),
    bundle.preprocess,
    pixels,
  )
  await engine.load('trees', bundle)
  const { logits } = await engine.run('trees', pixels, expectation.pixels.length)
  await engine.unload('trees')
  expectation.probabilities.forEach((expected, i) => {
    const predicted = softmax(Array.from(logits.subarray(i * 3, (i + 1) * 3)))
    expected.forEach((p, k) => expect(Math.abs(predicted[k]! - p)).toBeLessThan(1e-3)) // kernels are stored as float16
  })
  expect(bundle.card).toMatchObject({
    test: null,
    calibration: null,
    recipe: { name: 'import', settings: { sha256: request.file.sha256 } },
  })
})

test('an import whose number of classes differs from its outputs is refused, and nothing is written', async () => {
  const request = importing({ classes: ['ash', 'birch'] })

  await expect(saveImported(request, { engine, now: () => new Date(0) })).rejects.toThrow(
    /it has 3 outputs, and 2 classes were given/,
  )
  await expect(readBundle(request.out)).rejects.toThrow(/manifest/)
})
