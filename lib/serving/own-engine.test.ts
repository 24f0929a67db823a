import { expect, test } from 'vitest'
import { DarkroomError } from '#lib/domain/errors.ts'
import { createOwnEngine, type LoadRecord, type OpenedEngine, type OwnModels } from './own-engine.ts'
import { fakeClock } from './serving.fakes.ts'

const VERSION = { key: 'v1', folder: '/models/v1' }
const LIMITS = { maxPixels: 1e6, wantsFeatures: false }
const NO_DEATHS: LoadRecord = { deaths: () => 0, begin: () => () => {} }

function modelsWith(parts: Partial<OwnModels> = {}): OwnModels {
  return {
    load: async () => ({}),
    unload: async () => {},
    verify: async () => {},
    infer: async () => ({ images: [], inferenceMs: 2 }),
    async *explain() {
      yield
      yield
      return { rows: 1, columns: 1, drops: [[0.5]], square: new Uint8Array(3) }
    },
    ...parts,
  }
}

function engineWith(open: () => Promise<OpenedEngine>, record = NO_DEATHS) {
  const clock = fakeClock()
  let changes = 0
  const engine = createOwnEngine({ open, clock, log: () => {}, changed: () => (changes += 1), record })
  return { engine, clock, changes: () => changes }
}

test('loads versions and computes as soon as the engine is open', async () => {
  const opening = Promise.withResolvers<OpenedEngine>()
  const { engine, changes } = engineWith(() => opening.promise)
  const inferred = engine.infer(VERSION, [], LIMITS)
  expect(engine.ready()).toBe(0)

  opening.resolve({ name: 'onnx', models: modelsWith() })

  expect(await inferred).toEqual({ images: [], inferenceMs: 2, engine: 'onnx' })
  expect([engine.ready(), engine.engine(), engine.reason(), changes()]).toEqual([1, 'onnx', '', 1])
})

test('an engine that cannot be opened is named, and tried again', async () => {
  let attempts = 0
  const { engine, clock } = engineWith(async () => {
    if (++attempts === 1) throw new Error('no library')
    return { name: 'wasm', models: modelsWith() }
  })

  await expect(engine.load(VERSION)).rejects.toMatchObject({
    code: 'not_ready',
    why: expect.stringContaining('no library'),
  })
  expect(engine.reason()).toBe('no library')

  clock.advance(10_000)
  await expect.poll(() => engine.engine()).toBe('wasm')
  await engine.load(VERSION)
})

test('a version with a defect is refused with its reason', async () => {
  const { engine } = engineWith(async () => ({
    name: 'onnx',
    models: modelsWith({
      load: () =>
        Promise.reject(
          new DarkroomError('bad_bundle', { what: 'x', why: 'a checksum is wrong', remedy: 'y' }),
        ),
    }),
  }))

  await expect(engine.load(VERSION)).rejects.toMatchObject({ code: 'bad_bundle', why: 'a checksum is wrong' })
})

test('a version whose files disagree with each other is refused with what the engine says', async () => {
  const { engine } = engineWith(async () => ({
    name: 'onnx',
    models: modelsWith({
      load: () => Promise.reject(new Error('the network takes 3072 values per image; one image has 12288')),
      verify: () => Promise.reject(new Error('the network takes 3072 values per image; one image has 12288')),
    }),
  }))
  const refusal = {
    code: 'bad_bundle',
    why: 'the network takes 3072 values per image; one image has 12288',
  }

  await expect(engine.load(VERSION)).rejects.toMatchObject(refusal)
  await expect(engine.verify(VERSION)).rejects.toMatchObject(refusal)
})

test('a version during whose loading three processes ended is not loaded again', async () => {
  const started: string[] = []
  const { engine } = engineWith(async () => ({ name: 'onnx', models: modelsWith() }), {
    deaths: (key) => (key === 'deadly' ? 3 : 2),
    begin: (key) => {
      started.push(key)
      return () => started.push(`${key} done`)
    },
  })

  await expect(engine.load({ ...VERSION, key: 'deadly' })).rejects.toMatchObject({ code: 'bad_bundle' })
  await engine.load(VERSION)

  expect(started).toEqual(['v1', 'v1 done'])
})

test('other work goes on between the steps of an explanation', async () => {
  const { engine } = engineWith(async () => ({ name: 'onnx', models: modelsWith() }))
  const order: string[] = []
  setImmediate(() => order.push('other work'))

  await engine.explain(VERSION, new Uint8Array(1), { maxPixels: 1, predicted: 0, temperature: 1 })
  order.push('explained')

  expect(order).toEqual(['other work', 'explained'])
})
