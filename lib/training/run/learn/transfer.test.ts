import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import { drawShape, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { weightSpecs } from '#lib/ml/network/network.ts'
import type { TransferRecipe } from '#lib/ml/recipes/recipe.ts'
import { transfer } from '#lib/ml/recipes/transfer.ts'
import { transferWhole } from '#lib/ml/recipes/transfer-whole.ts'
import { frozenBelow } from '#lib/ml/network/upper-part.ts'
import { learnerSpec } from './learner-spec.ts'
import type { PackSource } from '../data/pack.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { planIn } from '../plan.fakes.ts'
import { readRunPlan, writePlan } from '../plan.ts'
import { runTraining } from '../run.ts'

const SHAPES_FOLDER = fileURLToPath(new URL('../../../../models/shapes/v1', import.meta.url))
const CLASSES: readonly ShapeName[] = ['ring', 'star']

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'training')
})
afterAll(() => engine[Symbol.asyncDispose]())

async function* drawn(): AsyncGenerator<PackSource> {
  for (let i = 0; i < 30; i++) {
    for (const label of CLASSES) {
      const bytes = encodePng(drawShape(label, 7_000 + i))
      yield {
        hash: createHash('sha256').update(bytes).digest('hex'),
        label,
        split: (['test', 'validation', 'train', 'train', 'train'] as const)[i % 5]!,
        bytes,
      }
    }
  }
}

async function prepared(): Promise<{ folder: string; plan: RunPlan }> {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-transfer-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { preprocess } = await readBundle(SHAPES_FOLDER)
  const plan = planIn(folder, {
    classes: CLASSES,
    start: {
      kind: 'choose-network',
      candidates: [{ name: 'shapes v1', folder: SHAPES_FOLDER, spec: preprocess }],
    },
    recipe: { kind: 'transfer', name: 'transfer', settings: { ...transfer.settings, epochs: 3 } },
    spec: preprocess,
  })
  await writePlan(folder, plan)
  return { folder, plan }
}

async function run(
  folder: string,
  stopAt?: (message: FromTraining) => boolean,
): Promise<readonly FromTraining[]> {
  const messages: FromTraining[] = []
  const stop = new AbortController()
  let seconds = 0
  await runTraining(folder, await readRunPlan(folder), {
    engine,
    samples: drawn,
    openTest: async () => 1,
    now: () => new Date(0),
    memoryMb: () => 1,
    machine: 'test',
    signal: stop.signal,
    clock: () => (seconds += 1),
    report: (message) => {
      messages.push(message)
      if (stopAt?.(message)) stop.abort()
    },
  })
  return messages
}

/** The tensors of the version that differ from those of its backbone. */
async function moved(out: string) {
  const [bundle, backbone] = await Promise.all([readBundle(out), readBundle(SHAPES_FOLDER)])
  const specs = weightSpecs(backbone.network).filter(
    ({ layer }) => layer !== backbone.network.layers.at(-1)!.name,
  )
  return {
    made: bundle,
    specs,
    names: specs
      .filter(
        ({ name }) =>
          !bundle.weights[name]!.every((value, i) => Object.is(value, backbone.weights[name]![i])),
      )
      .map(({ name }) => name),
  }
}

test('first the last layer is trained, then the upper part; batch norm and lower layers stay equal', async () => {
  const { folder, plan } = await prepared()

  const messages = await run(folder)

  const { made: bundle, names } = await moved(plan.out)
  const { network, card } = bundle
  const frozen = network.layers
    .slice(
      0,
      network.layers.findIndex(
        ({ name }) => name === frozenBelow(network, transfer.settings.transfer.share),
      ) + 1,
    )
    .map(({ name }) => name)
  const rates = card.curves.map((point) => point.learning_rate)
  expect(card.curves.map((point) => point.epoch)).toEqual([1, 2, 3])
  expect(rates.map((rate) => rate > 0)).toEqual([false, true, true]) // the head records no rate
  expect(rates.at(-1)).toBeLessThanOrEqual(transfer.settings.rate.peak)
  expect(card.recipe.name).toBe('transfer')
  expect(card.test!.accuracy.value).toBeGreaterThan(0.9)
  expect(card.notes).toContain(
    'It started from the layers of shapes v1, which were trained further with a new last layer; the lower ' +
      'layers stayed fixed.',
  )
  expect(names.every((name) => name.endsWith('/kernel') && !frozen.includes(name.split('/')[0]!))).toBe(true)
  expect(
    messages.some(
      (message) =>
        message.kind === 'note' && message.message.startsWith('Now also training the upper layers'),
    ),
  ).toBe(true)
}, 60_000)

test('transfer leaves the lower layers fixed, transfer-whole trains all layers, batch norm included', async () => {
  const { plan } = await prepared()
  const { network, weights } = await readBundle(SHAPES_FOLDER)
  const specOf = (recipe: TransferRecipe) =>
    learnerSpec(
      { plan: { ...plan, recipe }, settings: recipe.settings, network, weights },
      { images: 1_000, engine: 'onnx' },
    )

  expect(specOf(transfer)).toMatchObject({ frozenThrough: expect.any(String) as string, batchNorm: 'frozen' })
  expect(Object.keys(specOf(transferWhole))).toEqual(
    expect.not.arrayContaining(['frozenThrough', 'batchNorm']),
  )
})

test('stopped in its second phase, a run resumes there from its checkpoint', async () => {
  const { folder, plan } = await prepared()

  const before = await run(folder, (message) => message.kind === 'epoch' && message.point.learning_rate > 0)
  const after = await run(folder)

  expect(before.at(-1)!.kind).toBe('cancelled')
  expect(
    after.some((message) => message.kind === 'note' && message.message.startsWith('Resuming at epoch')),
  ).toBe(true)
  const { made: bundle } = await moved(plan.out)
  expect(bundle.card.curves.map((point) => point.epoch)).toEqual([1, 2, 3])
}, 60_000)
