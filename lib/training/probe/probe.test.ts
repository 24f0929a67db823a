import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { head } from '#lib/ml/recipes/head.ts'
import type { PackSource } from '../run/data/pack.ts'
import { planIn } from '../run/plan.fakes.ts'
import { backbonesIn } from '../run/start/backbones.ts'
import type { ProbePorts } from './ports.ts'
import { probe } from './probe.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const { settings } = head

/** An engine that loads models and computes nothing; `loaded` are those not unloaded yet. */
function failingEngine() {
  const loaded = new Set<string>()
  const engine: ProbePorts['engine'] = {
    name: 'wasm',
    detail: 'fails',
    learner: () => Promise.reject(new Error('no learner')),
    load: async (key) => {
      loaded.add(key)
    },
    unload: async (key) => {
      loaded.delete(key)
    },
    run: () => Promise.reject(new Error('the engine failed')),
  }
  return { engine, loaded }
}

async function* drawn(): AsyncGenerator<PackSource> {
  for (const label of ['ring', 'star'] as const) {
    const bytes = encodePng(drawShape(label, 7))
    yield { hash: createHash('sha256').update(bytes).digest('hex'), label, split: 'train', bytes }
  }
}

test.each([
  { of: 'the only network', names: ['shapes '] },
  { of: 'one of several networks', names: ['shapes ', 'cats-dogs '] },
])('a probe that fails while it computes features with $of unloads it', async ({ names }) => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-probe-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { engine, loaded } = failingEngine()
  const candidates = (await backbonesIn(MODELS, { size: 32, channels: 3, fit: 'cover' })).filter((body) =>
    names.some((name) => body.name.startsWith(name)),
  )
  const plan = planIn(folder, {
    classes: ['ring', 'star'],
    start: { kind: 'choose-network', candidates },
    recipe: { kind: 'head', name: 'head', settings },
    spec: candidates[0]!.spec,
  })

  const probing = probe(
    folder,
    plan,
    { images: 20, start: { seconds: 0, cpuSeconds: 0 } },
    {
      engine,
      samples: drawn,
      openTest: async () => 0,
      report: () => undefined,
      clock: () => 0,
      cpuSeconds: () => 0,
      now: () => new Date(0),
      memoryMb: () => 1,
      machine: 'test',
      signal: new AbortController().signal,
    },
  )

  await expect(probing).rejects.toThrow('the engine failed')
  expect([...loaded]).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})
