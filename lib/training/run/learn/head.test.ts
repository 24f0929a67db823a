/** Runs that train a last layer, from the plan to the saved version. Longer than 300 lines because all share the same
 *  drawn images and one way to run. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { BUNDLE_FILES } from '#lib/contracts/bundle.ts'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { drawShape, SHAPES, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { savedVit } from '../../pretrained/onnx/vit.fakes.ts'
import { backbonesIn } from '../start/backbones.ts'
import type { PackSource } from '../data/pack.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { planIn } from '../plan.fakes.ts'
import { readRunPlan, writePlan, writeSamples } from '../plan.ts'
import { runTraining } from '../run.ts'

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url))
const INPUT = { size: 32, channels: 3, fit: 'cover' } as const
const { settings } = head

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'inference')
}) // a head needs no learner
afterAll(() => engine[Symbol.asyncDispose]())

const grey = (value: number): RgbImage => ({
  width: 32,
  height: 32,
  data: new Uint8Array(32 * 32 * 3).fill(value),
})

/** A name that is no shape's is a class of blank images. */
function drawn(classes: readonly string[], each: number) {
  return async function* (): AsyncGenerator<PackSource> {
    for (let i = 0; i < each; i++) {
      for (const label of classes) {
        const bytes = encodePng(
          SHAPES.some((shape) => shape === label)
            ? drawShape(label as ShapeName, 7_000 + i)
            : grey(40 + 20 * i),
        )
        yield {
          hash: createHash('sha256').update(bytes).digest('hex'),
          label,
          split: i % 3 === 0 ? 'test' : 'train',
          bytes,
        }
      }
    }
  }
}

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-head-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const only = async (...names: readonly string[]) =>
  (await backbonesIn(MODELS, INPUT)).filter(({ name }) => names.some((one) => name.startsWith(`${one} `)))

async function trained(
  change: Partial<RunPlan> & {
    readonly classes: readonly string[]
    readonly each: number
    readonly folder: string
    readonly stop?: AbortSignal
    readonly source?: () => AsyncGenerator<PackSource>
  },
) {
  const { each, folder, stop, source, ...of } = change
  const [shapes] = await only('shapes')
  const plan = planIn(folder, {
    start: { kind: 'random' },
    recipe: { kind: 'head', name: 'head', settings },
    spec: shapes!.spec,
    ...of,
  })
  const messages: FromTraining[] = []
  let seconds = 0
  mkdirSync(folder, { recursive: true })
  await writePlan(folder, plan)
  await runTraining(folder, plan, {
    engine,
    samples: source ?? drawn(of.classes, each),
    openTest: async () => 1,
    now: () => new Date(0),
    memoryMb: () => 1,
    machine: 'test',
    signal: stop ?? new AbortController().signal,
    clock: () => (seconds += 1),
    report: (message) => {
      messages.push(message)
    },
  })
  return {
    out: plan.out,
    messages,
    notes: messages.flatMap((message) => (message.kind === 'note' ? [message.message] : [])),
  }
}

test('the network whose features separate the images best is chosen, and a complete version results', async () => {
  const folder = place()
  const candidates = await only('shapes', 'cats-dogs')

  const { out, notes, messages } = await trained({
    classes: ['ring', 'star'],
    each: 24,
    folder,
    start: { kind: 'choose-network', candidates },
  })

  expect(notes.find((note) => note.startsWith('Of the available pretrained networks'))).toMatch(
    /shapes v1 distinguishes these images best/,
  )
  const { network, weights, card, classes, preprocess } = await readBundle(out)
  const shapes = await readBundle(join(MODELS, 'shapes', 'v1'))
  expect(classes).toEqual(['ring', 'star'])
  expect(network.layers.slice(0, -1)).toEqual(shapes.network.layers.slice(0, -1))
  expect(weights[`${network.layers[0]!.name}/kernel`]).toEqual(
    shapes.weights[`${network.layers[0]!.name}/kernel`],
  )
  expect(preprocess.size).toBe(32)
  expect(card.test!.accuracy.value).toBeGreaterThan(0.9)
  expect(card).toMatchObject({ recipe: { name: 'head' }, parent: null, data: { train: 32, test: 16 } })
  expect(card.notes.join()).toContain('All layers but the last are those of shapes v1')
  expect(card.curves.length).toBeGreaterThan(2)
  expect(messages.filter(({ kind }) => kind === 'step')).toHaveLength(card.curves.length)
  expect((await readRunPlan(folder)).start).toMatchObject({ kind: 'network', name: 'shapes v1' }) // for resuming
}, 60_000)

/** Each image of two classes three times: as it is, a little lighter, a little darker. */
async function* copied(): AsyncGenerator<PackSource> {
  for (let i = 0; i < 12; i++)
    for (const label of ['ring', 'star'] as const)
      for (const brightness of [1, 1.04, 0.95]) {
        const image = drawShape(label, 9_000 + i)
        const bytes = encodePng({
          ...image,
          data: image.data.map((value) => Math.min(255, value * brightness)),
        })
        yield { hash: createHash('sha256').update(bytes).digest('hex'), label, split: 'train', bytes }
      }
}

test('by folds, all images train, near-copies count once, and the card says how its figures came about', async () => {
  const { out, notes } = await trained({
    classes: ['ring', 'star'],
    each: 0,
    folder: place(),
    source: copied,
    evaluation: 'folds',
    start: { kind: 'choose-network', candidates: await only('shapes') },
  })

  const note = '72 images, of which 48 are near-copies: 24 different ones.'
  const { card, outOfFold } = await readBundle(out)
  expect(notes).toContain(note)
  expect(card.notes.join()).toContain(note)
  expect(card).toMatchObject({ test: null, validation: null, data: { train: 72, validation: 0, test: 0 } })
  expect(card.folds).toMatchObject({ trained: 72, images: 24, near_copies: 48, folds: 5, rounds: 5 })
  expect(card.folds!.method).toMatch(/^Cross-validation: /)
  expect(card.folds!.accuracy.low).toBeLessThan(0.9) // 24 images cannot promise more
  expect(card.folds!.confusion.flat().reduce((a, b) => a + b)).toBe(24)
  expect(outOfFold!.rows).toHaveLength(72)
  expect(outOfFold!.rows.filter(({ counts }) => counts)).toHaveLength(24)
}, 60_000)

/** Trains on these images with the groups that `samples.json` in the folder gives them. */
const trainedByFolds = async (folder: string, images: readonly PackSource[]) =>
  trained({
    classes: ['ring', 'star'],
    each: 0,
    folder,
    source: async function* () {
      yield* images
    },
    samples: { kind: 'kept', databaseFile: '', dataDir: '', testOpened: 0 },
    evaluation: 'folds',
    start: { kind: 'choose-network', candidates: await only('shapes') },
  })

test('by folds, the groups of the snapshot count, whatever their images look like', async () => {
  const folder = place()
  const images: PackSource[] = []
  for await (const one of drawn(['ring', 'star'], 12)()) images.push({ ...one, split: 'train' })
  mkdirSync(folder, { recursive: true })
  await writeSamples(
    folder,
    images.map(({ hash, label, split }, i) => ({ hash, label, split, group: `${label} ${i >> 2}` })),
  )

  const { out } = await trainedByFolds(folder, images)

  expect((await readBundle(out)).card.folds).toMatchObject({ trained: 24, images: 12, near_copies: 12 })
}, 60_000)

test('a test set of a person is measured with and without its near-copies of training images', async () => {
  const folder = place()
  const images: PackSource[] = []
  for await (const one of drawn(['ring', 'star'], 12)()) images.push(one)
  mkdirSync(folder, { recursive: true })
  const copied = images.findIndex(({ split }) => split === 'test')
  await writeSamples(
    folder,
    images.map(({ hash, label, split }, i) => ({
      hash,
      label,
      split,
      group: i === copied ? images.find((one) => one.split === 'train')!.hash : hash,
    })),
  )

  const { out } = await trainedByFolds(folder, images)

  const { card } = await readBundle(out)
  expect(card.test).toMatchObject({ images: 8, near_copies: { images: 1, others: 7 } })
  expect(card.notes.join()).toMatch(
    /1 of the 8 test images is a near-copy of training images\. Without them, \d+ % of 7 are classified correctly/,
  )
}, 60_000)

test('a head reports that it reads images and computes features before it trains', async () => {
  const { messages } = await trained({
    classes: ['ring', 'star'],
    each: 12,
    folder: place(),
    start: { kind: 'choose-network', candidates: await only('shapes') },
  })

  const stages = messages.flatMap((message) => (message.kind === 'stage' ? [message] : []))
  expect([...new Set(stages.map(({ stage }) => stage))]).toEqual([
    'images',
    'features',
    'train',
    'evaluate',
    'save',
  ])
  const last = (name: string) => stages.findLast(({ stage }) => stage === name)
  expect(last('images')).toMatchObject({ done: 24, total: 24 })
  expect(last('features')).toMatchObject({ done: 32, total: 32 }) // 16 training images and their mirror images
  expect(messages.some((message) => message.kind === 'step' && message.steps === settings.epochs)).toBe(true)
}, 60_000)

test('on a vision transformer that is an ONNX file, a last layer is trained and continued', async () => {
  const folder = place()
  await savedVit(join(folder, 'bodies'))
  const candidates = await backbonesIn(join(folder, 'bodies'), INPUT)

  const { out } = await trained({
    classes: ['ring', 'blank'],
    each: 12,
    folder: join(folder, 'first'),
    start: { kind: 'choose-network', candidates },
    spec: candidates[0]!.spec,
    evaluation: 'folds',
  })
  const first = await readBundle(out)
  const again = await trained({
    classes: ['ring', 'blank', 'star'],
    each: 12,
    folder: join(folder, 'second'),
    start: { kind: 'version', version: 'v1', folder: out },
    spec: first.preprocess,
  })

  expect(first.manifest).toMatchObject({ format: 'darkroom-bundle/2' })
  expect(Object.keys(first.manifest.files)).toEqual(
    expect.arrayContaining(BUNDLE_FILES['darkroom-bundle/2'].slice(0, 3)),
  )
  expect(first.manifest.files).not.toHaveProperty(['model.json'])
  expect(first.card.network).toMatchObject({ is_onnx: true })
  expect(first.card.folds).toMatchObject({ trained: 16 })
  expect((await readBundle(again.out)).network).toMatchObject({ classes: 3 })
}, 60_000)

test('a class that the version did not have is trained on its features, next to the existing ones', async () => {
  const folder = place()
  const start = { kind: 'version', version: 'v1', folder: join(MODELS, 'shapes', 'v1') } as const
  const { classes } = await readBundle(start.folder)

  const { out } = await trained({ classes: [...classes, 'blank'], each: 9, folder, start })

  const { card, network } = await readBundle(out)
  expect(network.classes).toBe(7)
  expect(card).toMatchObject({ parent: 'v1', data: { train: 42, test: 21 } })
  expect(card.test!.accuracy.value).toBeGreaterThan(0.9)
  expect(card.test!.per_class.at(-1)).toMatchObject({ class: 'blank', recall: 1 })
}, 60_000)

test('when cancelled, it ends without a version', async () => {
  const folder = place()
  const stop = new AbortController()
  stop.abort()

  const ending = trained({
    classes: ['ring', 'star'],
    each: 6,
    folder,
    start: { kind: 'version', version: 'v1', folder: join(MODELS, 'shapes', 'v1') },
    stop: stop.signal,
  })

  await expect(ending).rejects.toThrow()
  expect(readdirSync(folder)).not.toContain('v1')
})
