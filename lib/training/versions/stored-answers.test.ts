import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { normalise, preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { embed } from '../features/embed.ts'
import { storedAnswersIn } from './stored-answers.ts'

const folder = fileURLToPath(new URL('../../../models/shapes/v1', import.meta.url))

test('a version answers images whose features are stored as it does on the engine', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'darkroom-answers-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  await using engine = await openEngine('auto', 'inference')
  const { network, weights, preprocess: spec } = await readBundle(folder)
  const squares = (['star', 'ring'] as const).map((shape, i) => preprocess(drawShape(shape, i), spec))
  const images = {
    count: 2,
    hashes: ['a', 'b'],
    labels: new Int32Array(2),
    targets: null,
    read: (i: number, out: Uint8Array, offset: number) => out.set(squares[i]!, offset),
  }
  await embed([{ set: images, views: ['plain', 'mirrored'] }], {
    engine,
    network,
    weights,
    spec,
    folder: join(dataDir, 'cache', 'embeddings'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })

  const answers = await storedAnswersIn(dataDir)({ folder }, ['b', 'c'], engine.name)

  const pixels = new Float32Array(squares[1]!.length)
  normalise(squares[1]!, spec, pixels)
  await engine.load('whole', { network, weights })
  const { logits } = await engine.run('whole', pixels, 1)
  expect([...answers.keys()]).toEqual(['b'])
  answers.get('b')!.forEach((logit, k) => expect(logit).toBeCloseTo(logits[k]!, 1)) // features are stored as float16
  expect(await storedAnswersIn(dataDir)({ folder }, ['b'], 'other')).toEqual(new Map())
})
