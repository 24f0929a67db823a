import { expect, test } from 'vitest'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { predictFixture, imageOf } from './predict-ports.fakes.ts'
import { createPredictionCache, type CachedOutput } from './prediction-cache.ts'

const outputOf = (width = 10): CachedOutput => ({
  engine: 'onnx',
  output: {
    ok: true,
    logits: new Float32Array(10),
    features: null,
    distance: null,
    problem: null,
    width,
    height: 10,
    decodeMs: 0.2,
  },
})
const of = (version: string, hash: string, sender = 'person ada') => ({
  version,
  hash: hash.padEnd(8),
  sender,
})
const ENTRY_BYTES = 470 + 'v1 12345678 person ada'.length + 4 * 10
const ENTRIES_IN_MB = Math.floor(1024 ** 2 / ENTRY_BYTES)

test('an image is found by its content and its version until that version is forgotten', () => {
  const cache = createPredictionCache(1024 ** 2)!
  cache.store(of('v1', 'a'), outputOf())

  expect(cache.find(of('v1', 'a'), 1e6)?.engine).toBe('onnx')
  expect(cache.find(of('v2', 'a'), 1e6)).toBeNull()
  expect(cache.find(of('v1', 'b'), 1e6)).toBeNull()
  expect(cache.figures()).toEqual({ hits: 1, misses: 2, entries: 1 })

  cache.store(of('v2', 'a'), outputOf())
  cache.forget('v1')
  expect(cache.find(of('v1', 'a'), 1e6)).toBeNull()
  expect(cache.find(of('v2', 'a'), 1e6)).not.toBeNull()
})

test('the memory is bounded, and the least recently used go first', () => {
  const cache = createPredictionCache(1024 ** 2)!
  cache.store(of('v1', 'first'), outputOf())
  cache.store(of('v1', 'second'), outputOf())
  for (let i = 0; i < ENTRIES_IN_MB - 2; i++) cache.store(of('v1', `${i}`), outputOf())
  expect(cache.figures().entries).toBe(ENTRIES_IN_MB)

  cache.find(of('v1', 'first'), 1e6)
  cache.store(of('v1', 'one more'), outputOf())

  expect(cache.find(of('v1', 'second'), 1e6)).toBeNull()
  expect(cache.find(of('v1', 'first'), 1e6)).not.toBeNull()
  expect(cache.figures().entries).toBe(ENTRIES_IN_MB)
})

test('a caller with a smaller limit of pixels does not get what another was allowed to send', () => {
  const cache = createPredictionCache(1024 ** 2)!
  cache.store(of('v1', 'a'), outputOf(2_000))

  expect(cache.find(of('v1', 'a'), 19_999)).toBeNull()
  expect(cache.find(of('v1', 'a'), 20_000)).not.toBeNull()
})

test('0 MB is no cache', () => {
  expect(createPredictionCache(0)).toBeNull()
})

test('an image that is sent again is answered from the cache, and the history has a row for each', async () => {
  const fixture = predictFixture({ calibrated: { threshold: 0.5 }, cache: createPredictionCache(1024 ** 2) })
  const send = (top_k: number, bytes = imageOf(1, 5)): Promise<PredictionAnswer> =>
    fixture.predict(
      { top_k, save: true, image: { bytes, filename: `${top_k}.png` } },
      { sender: 'person ada' },
    )

  const first = await send(1)
  const again = await send(2)
  const other = await send(1, imageOf(2, 5))

  expect([first.cached, again.cached, other.cached]).toEqual([false, true, false])
  expect(again).toMatchObject({
    predicted_class: first.predicted_class,
    confidence: first.confidence,
    filename: '2.png',
    timing_ms: { decode: 0, queue: 0, inference: 0 },
  })
  expect(again.top_k).toHaveLength(2)
  expect(again.id).not.toBe(first.id)
  expect(fixture.rows.map(({ filename }) => filename)).toEqual(['1.png', '2.png', '1.png'])
  expect(fixture.leases()).toBe(0)
})

test('an image that cannot be read is not remembered', async () => {
  const cache = createPredictionCache(1024 ** 2)
  const fixture = predictFixture({ cache })
  const image = { bytes: Uint8Array.of(0, 1), filename: null }

  for (const _ of [1, 2])
    await expect(
      fixture.predict({ top_k: 1, save: false, image }, { sender: 'key k' }),
    ).rejects.toMatchObject({
      code: 'corrupt_image',
    })

  expect(cache?.figures()).toEqual({ hits: 0, misses: 2, entries: 0 })
})

test('no sender can see that another one sent an image a moment ago', async () => {
  const fixture = predictFixture({ cache: createPredictionCache(1024 ** 2) })
  const send = async (sender?: string) => {
    const request = { top_k: 1, save: false, image: { bytes: imageOf(1, 5), filename: null } }
    return (await fixture.predict(request, sender === undefined ? {} : { sender })).cached
  }

  expect(await send('person ada')).toBe(false)
  expect(await send('person ben')).toBe(false)
  expect(await send('anonymous 192.0.2.1')).toBe(false)
  expect(await send()).toBe(false)

  expect(await send('person ada')).toBe(true)
})
