import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { Learner, LearnerSpec } from '#lib/ml/learn/learner.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { backbone, type BackboneRecipe } from '#lib/ml/recipes/backbone.ts'
import { buildPack, openPack, type PackSource } from '../run/data/pack.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { trainBackbone, type BackbonePorts } from './train-backbone.ts'
import { sealBackbone } from './seal-backbone.ts'
import { extractFeatures, readFeatures } from './teacher-features.ts'

const LENGTH = 6 // features of a teacher that recognises shapes: one number for each
const RECIPE: BackboneRecipe = {
  ...backbone,
  rate: { peak: 0.05, warmUp: 0.05 },
  phases: [
    { size: 32, until: 0.7, batch: 8, repeat: 1, augment: { flip: true } },
    { size: 48, until: 1, batch: 8, repeat: 1, augment: { flip: true } },
  ],
}
const SECONDS = 120 // of the clock below, which advances by one at each call

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'training')
})
afterAll(() => engine[Symbol.asyncDispose]())

async function* drawn(): AsyncGenerator<PackSource> {
  for (let i = 0; i < 96; i++) {
    const bytes = encodePng(drawShape(SHAPES[i % 6]!, i))
    yield {
      hash: createHash('sha256').update(bytes).digest('hex'),
      label: `${i % 2 === 0 ? 'large' : 'own'}/${SHAPES[i % 6]}`,
      split: 'train',
      bytes,
    }
  }
}

async function prepared() {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-backbone-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const spec = (size: number) => preprocessFor({ size, channels: 3, fit: 'cover' })
  const labels = new Map<string, number>()
  for await (const { hash, label } of drawn())
    labels.set(
      hash,
      SHAPES.findIndex((shape) => label.endsWith(shape)),
    )
  const order = [...labels.values()]
  let done = 0
  const extract = async (_pixels: Float32Array, count: number) =>
    Float32Array.from({ length: count * LENGTH }, (_, i) =>
      order[done + Math.floor(i / LENGTH)] === i % LENGTH ? 2 : 0,
    ).map((value, i) => {
      if (i === count * LENGTH - 1) done += count
      return value
    })
  const file = join(folder, 'features')
  await extractFeatures({
    file,
    spec: spec(32),
    length: LENGTH,
    extract,
    samples: drawn(),
    onProgress: () => undefined,
  })
  const packs = new Map<number, string>()
  for (const size of [32, 48])
    packs.set(
      size,
      await buildPack({
        folder: join(folder, String(size)),
        spec: spec(size),
        samples: drawn(),
        maxPixels: 1e6,
        onProgress: () => undefined,
        signal: new AbortController().signal,
      }),
    )
  const saved: { network: Network; weights: Weights }[] = []
  let seconds = 0
  const ports = async (
    signal = new AbortController().signal,
  ): Promise<BackbonePorts & { readonly lines: string[] }> => {
    const lines: string[] = []
    return {
      learner: engine.learner,
      features: [await readFeatures(file, LENGTH)],
      packOf: (size) => openPack(join(folder, String(size)), packs.get(size)!),
      clock: () => (seconds += 1),
      report: (line) => {
        lines.push(line)
      },
      onWeights: async (network, weights) => {
        saved.push({ network, weights })
      },
      signal,
      lines,
    }
  }
  const plan = {
    recipe: RECIPE,
    seconds: SECONDS,
    seed: 1,
    checkpoint: join(folder, 'checkpoint.bin'),
    largeSet: 'large',
  }
  return { folder, plan, ports, saved, spec }
}

/** The same learner, with a hook before each step. */
function watched(learner: Learner, before: () => void): Learner {
  const learn = learner.learn.bind(learner)
  learner.learn = (...args) => {
    before()
    return learn(...args)
  }
  return learner
}

test('both phases train on labels and features, and the saved backbone predicts the labels only', async () => {
  const { folder, plan, ports, saved, spec } = await prepared()
  const connected = await ports()

  expect(await trainBackbone(plan, connected)).toBe('done')

  const { network, weights } = saved.at(-1)!
  expect(connected.lines.filter((line) => line.startsWith('Phase'))).toEqual([
    expect.stringContaining('32 pixels'),
    expect.stringContaining('48 pixels'),
  ])
  expect(network).toMatchObject({ classes: 6 + LENGTH, input: { size: 48 } })
  const shares = connected.lines
    .flatMap((line) => /label accuracy ([\d.]+) %/.exec(line)?.[1] ?? [])
    .map(Number)
  expect(Math.max(...shares)).toBeGreaterThan(shares[0]!)

  const labels = SHAPES.map((_, i) => `label ${i}`)
  const out = join(folder, 'v1')
  await sealBackbone(
    {
      network,
      weights,
      labels,
      spec: spec(48),
      out,
      data: { images: 96, snapshot: 'test' },
      settings: {},
      facts: {
        version: 'v1',
        seed: 1,
        duration_seconds: 1,
        images_per_second: 96,
        notes: [],
      },
      origin: { command: 'test', codeVersion: 'test', machine: 'test', now: new Date(0) },
    },
    engine,
  )
  const bundle = await readBundle(out)
  const pixels = new Float32Array(48 * 48 * 3).map((_, i) => Math.sin(i))
  const answers = async (key: string, model: { network: Network; weights: Weights }) => {
    await engine.load(key, model)
    const { logits } = await engine.run(key, pixels, 1)
    await engine.unload(key)
    return logits
  }
  const whole = await answers('whole', { network, weights })
  const cut = await answers('cut', bundle)
  expect(bundle.classes).toEqual(labels)
  cut.forEach((value, k) => expect(value).toBeCloseTo(whole[k]!, 1)) // float16 against float32
}, 180_000)

test('a stopped training continues in the same phase and at the same second', async () => {
  const { plan: whole, ports } = await prepared()
  const plan = { ...whole, seconds: 20, recipe: { ...RECIPE, phases: [{ ...RECIPE.phases[0]!, until: 1 }] } }
  const stop = new AbortController()
  const first = await ports(stop.signal)
  const learner = first.learner
  let steps = 0
  const counted = {
    ...first,
    learner: async (spec: LearnerSpec) =>
      watched(await learner(spec), () => {
        if (++steps === 5) stop.abort()
      }),
  }

  expect(await trainBackbone(plan, counted)).toBe('stopped')
  const second = await ports()
  let stepsOfSecond = 0
  expect(
    await trainBackbone(plan, {
      ...second,
      learner: async (spec) =>
        watched(await learner(spec), () => {
          stepsOfSecond += 1
        }),
    }),
  ).toBe('done')

  expect(second.lines[0]).toContain('Phase 1')
  expect(steps).toBeLessThan(20)
  expect(stepsOfSecond).toBeLessThan(20 - steps + 2) // the seconds before the stop are counted
}, 180_000)

test('fewer images than one batch are refused with their number, instead of training without a step', async () => {
  const { plan: whole, ports } = await prepared()
  const phases = [{ ...RECIPE.phases[0]!, batch: 97 }]
  const connected = await ports()

  const trained = trainBackbone({ ...whole, recipe: { ...RECIPE, phases } }, connected)

  await expect(trained).rejects.toThrow('phase 1 has 96 images with features, and a batch needs 97')
}, 60_000)
