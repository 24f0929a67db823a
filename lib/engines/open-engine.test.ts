/** Opening engines: which is taken, what is said of the others, and that a wrong one is found out. */
import { afterAll, expect, test } from 'vitest'
import type { Engine } from './engine.ts'
import { enginesHere } from './engines.fakes.ts'
import { openEngine, openWithReasons, probeEngines } from './open-engine.ts'
import { prove } from './self-test.ts'

const [{ engine }] = (await enginesHere()) as [Awaited<ReturnType<typeof enginesHere>>[number]]
afterAll(() => engine[Symbol.asyncDispose]())

test('a look says of each engine whether it is there', () => {
  expect(
    probeEngines()
      .map((probe) => probe.name)
      .sort(),
  ).toEqual(['onnx', 'tfjs-node', 'wasm'])
  expect(probeEngines().every((probe) => probe.detail.length > 0)).toBe(true)
})

test('left to itself, the best that is there opens', async () => {
  const { engine: opened, skipped } = await openWithReasons('auto', 'inference', { threads: 1 })
  await using _ = opened

  expect([opened.name, skipped]).toEqual([probeEngines().find((probe) => probe.available)!.name, []])
})

test('the engine asked for by name opens, and no other', async () => {
  await using opened = await openEngine('wasm', 'training', { threads: 1 })

  expect(opened.name).toBe('wasm')
})

test('an engine that answers wrongly is refused', async () => {
  const wrong: Engine = {
    ...engine,
    run: async (...request) => ({
      features: null,
      logits: (await engine.run(...request)).logits.map((v) => v * 1.01),
    }),
  }

  await expect(prove(wrong, 'inference')).rejects.toThrow(/outputs differ by/)
})

test('an engine whose step is wrong in one layer is refused, by a training alone', async () => {
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
