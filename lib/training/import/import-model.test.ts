import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { softmax } from '#lib/domain/calibration.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { fromKerasH5 } from '#lib/ml/formats/keras-h5.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { saveImported, type ModelImport } from './import-model.ts'

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../ml/formats/fixtures/${name}`, import.meta.url))
const told = JSON.parse(fixture('keras-sequential.json').toString()) as {
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
    command: 'npm run import -- trees --from trees.h5',
    codeVersion: 'test',
    machine: 'test',
    ...change,
  }
}

test('a file of Keras becomes a bundle that answers, from bytes, what Keras answered', async () => {
  const given = importing()

  await saveImported(given, { engine, now: () => new Date(0) })

  const bundle = await readBundle(given.out)
  const pixels = new Float32Array(squareBytes(bundle.preprocess) * told.pixels.length)
  normalise(Buffer.concat(told.pixels.map((text) => Buffer.from(text, 'base64'))), bundle.preprocess, pixels)
  await engine.load('trees', bundle)
  const { logits } = await engine.run('trees', pixels, told.pixels.length)
  await engine.unload('trees')
  told.probabilities.forEach((expected, i) => {
    const found = softmax(Array.from(logits.subarray(i * 3, (i + 1) * 3)))
    expected.forEach((p, k) => expect(Math.abs(found[k]! - p)).toBeLessThan(1e-3)) // kernels are kept as float16
  })
  expect(bundle.card).toMatchObject({
    test: null,
    calibration: null,
    recipe: { name: 'import', settings: { sha256: given.file.sha256 } },
  })
})

test('classes that are not as many as the outputs are refused, and nothing is written', async () => {
  const given = importing({ classes: ['ash', 'birch'] })

  await expect(saveImported(given, { engine, now: () => new Date(0) })).rejects.toThrow(
    /it has 3 outputs, and 2 classes were given/,
  )
  await expect(readBundle(given.out)).rejects.toThrow(/manifest/)
})
