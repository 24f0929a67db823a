/** Opening engines: which one is opened, why others are skipped, and that an incorrect one is detected. */
import { afterAll, expect, test } from 'vitest'
import type { Engine } from './engine.ts'
import { enginesHere } from './engines.fakes.ts'
import { openEngine, openWithReasons, probeEngines } from './open-engine.ts'
import { prove } from './self-test.ts'

const [{ engine }] = (await enginesHere()) as [Awaited<ReturnType<typeof enginesHere>>[number]]
afterAll(() => engine[Symbol.asyncDispose]())

test('probing states for each engine whether it is available', () => {
  expect(
    probeEngines()
      .map((probe) => probe.name)
      .sort(),
  ).toEqual(['onnx', 'tfjs-node', 'wasm'])
  expect(probeEngines().every((probe) => probe.detail.length > 0)).toBe(true)
})

test('by default the best available engine opens', async () => {
  const { engine: engine, skipped } = await openWithReasons('auto', 'inference', { threads: 1 })
  await using _ = engine

  expect([engine.name, skipped]).toEqual([probeEngines().find((probe) => probe.available)!.name, []])
})

test('the engine requested by name opens, and no other', async () => {
  await using engine = await openEngine('wasm', 'training', { threads: 1 })

  expect(engine.name).toBe('wasm')
})

test('an engine with wrong outputs is refused', async () => {
  const wrong: Engine = {
    ...engine,
    run: async (...request) => ({
      features: null,
      logits: (await engine.run(...request)).logits.map((v) => v * 1.01),
    }),
  }

  await expect(prove(wrong, 'inference')).rejects.toThrow(/outputs differ by/)
})

test('an engine whose training step is wrong in one layer is refused for training only', async () => {
  const wrong: Engine = {
    ...engine,
    learner: async (spec) => {
      const learner = await engine.learner(spec)
      return {
        ...learner,
        weights: async (which) => ({
          ...(await learner.weights(which)),
          'conv1/kernel': spec.weights['conv1/kernel']!,
        }),
      }
    },
  }

  await expect(prove(wrong, 'training')).rejects.toThrow(/training step differs by/)
  await expect(prove(wrong, 'inference')).resolves.toBeLessThan(1e-5)
})
