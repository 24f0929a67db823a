import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { goldenFailure, readBundle } from '#lib/ml/formats/bundle.ts'
import { DISTILLATION } from '#lib/ml/recipes/distil.ts'
import { scratchSmall } from '#lib/ml/recipes/scratch-small.ts'
import { trainingMb } from './learn/batch-size.ts'
import type { PackSource } from './data/pack.ts'
import { forecast } from '../retrain/forecast.ts'
import { probe } from '../probe/probe.ts'
import { PLAN_FORMAT, type RunPlan } from '#lib/contracts/training-plan.ts'
import { writePlan } from './plan.ts'
import { runTraining } from './run.ts'
import { preprocessFor } from '../shipped/shipped.ts'

const CLASSES = ['circle', 'cross', 'star'] as const satisfies readonly (typeof SHAPES)[number][]

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'training')
})
afterAll(() => engine[Symbol.asyncDispose]())

const splitOf = (i: number) => (['train', 'validation', 'test'] as const)[Number(i >= 40) + Number(i >= 52)]!
/** 40 training, 12 validation and 20 test images of each class. */
async function* drawn(): AsyncGenerator<PackSource> {
  for (let i = 0; i < 72; i++) {
    for (const label of CLASSES) {
      const bytes = encodePng(drawShape(label, i))
      yield {
        hash: createHash('sha256').update(bytes).digest('hex'),
        label,
        split: splitOf(i),
        bytes,
      }
    }
  }
}

/** A run in a folder of its own; `stopAfter`: stops at that step, as a cancel request would. */
function runOf(change: {
  epochs: number
  seed?: number
  start?: RunPlan['start']
  memoryMb?: number
  teachers?: readonly string[]
}) {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const out = join(folder, 'v1')
  const plan: RunPlan = {
    format: PLAN_FORMAT,
    runId: 'r',
    classifier: { id: 'trio', title: 'Trio', isMirrorable: true },
    classes: CLASSES,
    version: 'v1',
    start: change.start ?? { kind: 'random' },
    recipe: {
      kind: change.start ? 'finetune' : 'scratch',
      name: 'scratch-small',
      settings: {
        ...scratchSmall.settings,
        epochs: change.epochs,
        ...(change.teachers && { distil: DISTILLATION }),
      },
    },
    spec: preprocessFor({ size: 16, channels: 3, fit: 'cover' }),
    seed: change.seed ?? 1,
    engine: 'auto',
    teaching: change.teachers
      ? { kind: 'distil', folders: change.teachers, ...DISTILLATION }
      : { kind: 'none' },
    packs: join(folder, 'packs'),
    out,
    memoryMb: change.memoryMb ?? 1024,
    maxPixels: 1e6,
    samples: { kind: 'dataset', name: 'trio', from: null, downloads: '', mirror: null, counters: '' },
    dataName: 'trio',
    command: 'test',
    codeVersion: 'test',
    notes: [],
  }
  const messages: FromTraining[] = []
  const go = async (stopAfter = Infinity) => {
    const stop = new AbortController()
    let seconds = 0
    await writePlan(folder, plan)
    await runTraining(folder, plan, {
      engine,
      samples: drawn,
      openTest: async () => 3,
      now: () => new Date(0),
      memoryMb: () => 1,
      machine: 'test',
      signal: stop.signal,
      clock: () => (seconds += 1), // so that every step is reported
      report: (message) => {
        messages.push(message)
        if (message.kind === 'step' && message.step === stopAfter) stop.abort()
      },
    })
  }
  const probed = () =>
    probe(
      folder,
      plan,
      { images: 120, start: { seconds: 1, cpuSeconds: 1 } },
      {
        engine,
        samples: drawn,
        openTest: async () => {
          throw new Error('a probe opens no test')
        },
        now: () => new Date(0),
        memoryMb: () => 300,
        machine: 'test',
        signal: new AbortController().signal,
        report: () => undefined,
        clock: () => performance.now() / 1000,
        cpuSeconds: () => process.cpuUsage().user / 1e6,
      },
    )
  return {
    folder,
    out,
    messages,
    go,
    probed,
    losses: () => messages.flatMap((message) => (message.kind === 'step' ? [message.loss] : [])),
  }
}

test('120 drawn images are classified well above chance, and the version reproduces its test outputs', async () => {
  const run = runOf({ epochs: 12 })

  await run.go()

  const bundle = await readBundle(run.out)
  expect(bundle.card.test!.accuracy.value).toBeGreaterThan(0.5) // chance level is a third
  expect(bundle.card).toMatchObject({
    engine: engine.name,
    data: { train: 120, validation: 36, test: 60, test_opened: 3 },
    calibration: null,
  })
  expect(bundle.card.notes).toContain(
    'Confidence is not calibrated: 36 validation images are too few (200 are needed).',
  )
  await engine.load('sealed', bundle)
  const sizes = bundle.golden.inputs.map(() => bundle.classes.length)
  expect(sizes).toHaveLength(16)
  expect(
    goldenFailure(
      bundle.golden,
      bundle.golden.inputs.map(({ probabilities }) => probabilities.map((p) => Math.log(p))),
    ),
  ).toBeNull()
  expect(
    goldenFailure(
      bundle.golden,
      bundle.golden.inputs.map(({ probabilities }) => probabilities.toReversed().map((p) => Math.log(p))),
    ),
  ).toMatch(/the output for the golden input circle-1 differs/)
  await engine.unload('sealed')
}, 60_000)

/** Each stage in order, with its last report. */
function stagesIn(messages: readonly FromTraining[]) {
  const last = new Map<string, string>()
  for (const message of messages)
    if (message.kind === 'stage') last.set(message.stage, `${message.done} of ${message.total}`)
  return [...last]
}

test('a run reports its stages in order, each with its progress', async () => {
  const run = runOf({ epochs: 1 })

  await run.go()

  const [images, train, evaluate, save, ...others] = stagesIn(run.messages)
  expect(others).toEqual([])
  expect(images).toEqual(['images', '216 of 216']) // 72 of each class
  expect(train![0]).toBe('train')
  // validation, test twice (mirrored too), references, and the test images as they are and disturbed 15 times
  expect(evaluate).toEqual(['evaluate', `${36 + 120 + 120 + 16 * 60} of ${36 + 120 + 120 + 16 * 60}`])
  expect(save).toEqual(['save', '10 of 10'])
}, 60_000)

test('a run that is stopped and resumed ends with the same weights as one without a stop', async () => {
  const whole = runOf({ epochs: 2 })
  await whole.go()

  const halting = runOf({ epochs: 2 })
  await halting.go(5)
  expect(halting.messages.at(-1)).toEqual({ kind: 'cancelled' })
  await halting.go()

  expect(halting.losses()).toEqual(whole.losses())
  expect((await readBundle(halting.out)).weights).toEqual((await readBundle(whole.out)).weights)
}, 60_000)

test.each([
  [16, 'measures them again'],
  [8, 'keeps what the version had measured'],
])(
  'training on from a version with %i images per step, batch norm %s',
  async (batch, what) => {
    const first = runOf({ epochs: 1 })
    await first.go()
    const base = await readBundle(first.out)
    const next = runOf({
      epochs: 1,
      start: { kind: 'version', version: 'v1', folder: first.out },
      memoryMb: Math.ceil(trainingMb({ network: base.network, batch, engine: engine.name })),
    })

    await next.go()

    const { weights, card } = await readBundle(next.out)
    const norms = Object.keys(weights).filter((name) => name.includes('-norm/'))
    expect(card.recipe.settings['batch_used']).toBe(batch)
    expect(norms.length).toBeGreaterThan(20)
    expect(norms.every((name) => weights[name]!.every((value, i) => value === base.weights[name]![i]))).toBe(
      what.startsWith('keeps'),
    )
  },
  120_000,
)

test('one teacher with the same preprocessing teaches each batch; two with different ones are refused', async () => {
  const first = runOf({ epochs: 2 })
  await first.go()
  const again = runOf({ epochs: 2 })
  await again.go()
  const taught = runOf({ epochs: 2, teachers: [first.out] })
  await taught.go()

  expect(again.losses()).toEqual(first.losses())
  expect(taught.losses()).not.toEqual(first.losses())
  expect(taught.messages).toContainEqual({
    kind: 'note',
    message: '1 teacher version runs at each step on the same batch.',
  })
  await expect(
    runOf({ epochs: 2, teachers: [first.out, join(import.meta.dirname, '../../../models/shapes/v1')] }).go(),
  ).rejects.toThrow(/These teachers cannot be combined/)
}, 60_000)

test('a probe runs a few real steps, counts no use of the test set and leaves no files', async () => {
  const run = runOf({ epochs: 5 })
  const before = readdirSync(run.folder)

  const figures = await run.probed()

  expect(readdirSync(run.folder)).toEqual(before)
  expect(figures).toMatchObject({
    engine: engine.name,
    memoryMb: 300,
    learning: { kind: 'stepped', batch: 16 },
  }) // as a run of 120 images has it
  const costs =
    figures.learning.kind === 'stepped'
      ? [
          figures.decode,
          figures.learning.step,
          figures.learning.choose,
          figures.learning.checkpoint,
          figures.seal.always,
        ]
      : []
  expect(costs.map((cost) => cost.seconds > 0)).toEqual(Array.from({ length: 5 }, () => true))
  // the difference of two measurements, which may be zero on a busy machine
  expect(figures.seal.perTest.seconds).toBeGreaterThanOrEqual(0)
  const short = forecast({
    figures,
    parts: { train: 120, validation: 36, test: 60 },
    epochs: 1,
    patience: 9,
    isPacked: false,
    isCompared: false,
  })
  const long = forecast({
    figures,
    parts: { train: 120, validation: 36, test: 60 },
    epochs: 100,
    patience: 9,
    isPacked: false,
    isCompared: false,
  })
  expect(long.seconds).toBeGreaterThan(short.seconds)
  expect([short.isMost, long.isMost]).toEqual([false, true])
}, 120_000) // a busy machine
