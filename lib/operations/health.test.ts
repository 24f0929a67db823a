import { expect, test } from 'vitest'
import type { WorkerState } from '#lib/contracts/ipc.ts'
import type { LiveVersion, Version } from '#lib/data/versions/version-values.ts'
import { createHealth, type HealthParts } from './health.ts'

const version = (name: string) => ({ classifierId: 'shapes', name }) as Version
const live = { promoted: { version: version('v2') }, version: version('v2'), reason: null } as LiveVersion
const started = new Date('2026-01-01T00:00:00Z')
const later = (seconds: number) => () => new Date(started.getTime() + seconds * 1000)

const healthOf = (change: Partial<HealthParts> = {}) =>
  createHealth({
    version: '0.1.0',
    startedAt: started,
    now: later(5),
    data: { ping: async () => {}, live: { all: async () => [live] } },
    engine: () => ({ name: 'onnx', reason: '' }),
    engines: () => [
      { name: 'onnx', available: true, detail: 'onnxruntime-node' },
      { name: 'tfjs-node', available: false, detail: 'TensorFlow is not installed' },
      { name: 'wasm', available: true, detail: 'onnxruntime-web' },
    ],
    trainingEngine: () => 'onnx',
    loaded: () => 'v2',
    precision: () => ({ precision: 'int8', reason: 'It is faster.' }),
    remote: () => [],
    hindrance: () => null,
    worker: () => 'running',
    troubles: () => [],
    ...change,
  })

test('a healthy product reports its live version, its engine, and since when', async () => {
  expect(await healthOf().health()).toMatchObject({
    status: 'healthy',
    ready: true,
    reasons: [],
    uptime_seconds: 5,
    model_loaded: true,
    engine: 'onnx',
    engines: [
      { name: 'onnx', state: 'serving' },
      { name: 'tfjs-node', state: 'unavailable' },
      { name: 'wasm', state: 'available' },
    ],
    champions: [
      {
        classifier: 'shapes',
        version: 'v2',
        is_loaded: true,
        precision: 'int8',
        precision_reason: 'It is faster.',
      },
    ],
  })
})

test.each<[string, string | null, string | null, RegExp]>([
  [
    'another version serves in its place',
    'v1',
    'v1',
    /^Version v2 of "shapes" cannot be loaded: weights.bin is not as .* sealed. Version v1 serves predictions until/,
  ],
  [
    'it still serves from memory',
    null,
    'v2',
    /Version v2 serves predictions until its files are restored\.$/,
  ],
  ['no version can be loaded', null, null, /No earlier live version can be loaded either/],
])(
  'a promoted version that cannot be loaded degrades the product, with what happens instead: %s',
  async (_story, takesOver, inMemory, words) => {
    const broken: LiveVersion = {
      ...live,
      version: takesOver === null ? null : version(takesOver),
      reason: 'weights.bin is not as it was sealed.',
    }

    const answer = await healthOf({
      data: { ping: async () => {}, live: { all: async () => [broken] } },
      loaded: () => inMemory,
      precision: () => null,
    }).health()

    expect(answer).toMatchObject({ status: 'degraded', ready: true, reasons: [expect.stringMatching(words)] })
    expect(answer.champions).toEqual([
      {
        classifier: 'shapes',
        version: 'v2',
        is_loaded: inMemory === 'v2',
        live_version: inMemory,
        fault: broken.reason,
        precision: null,
        precision_reason: null,
      },
    ])
  },
)

test.each<[string, Partial<HealthParts>, string]>([
  [
    'a database that does not respond',
    { data: { ping: () => Promise.reject(new Error('the file is gone')), live: { all: async () => [] } } },
    'The database does not respond: the file is gone.',
  ],
  [
    'no engine',
    { engine: () => ({ name: null, reason: 'no engine fits this machine' }) },
    'No engine is ready yet: no engine fits this machine.',
  ],
  [
    'a default version that is refused',
    { hindrance: () => 'shapes v2 may not answer: a golden input is answered otherwise.' },
    'shapes v2 may not answer: a golden input is answered otherwise.',
  ],
])('%s makes it not ready, with the reason', async (_story, change, reason) => {
  const { health, healthReady } = healthOf(change)

  await expect(healthReady()).rejects.toMatchObject({
    code: 'not_ready',
    extras: { members: { reasons: [reason] } },
  })
  await expect(health()).rejects.toMatchObject({
    message: expect.stringContaining(reason.replace(/\.$/, '')),
  })
})

test('a failure of a part that predictions do not need degrades it, with the reason, and it stays ready', async () => {
  const reason = 'Another program has locked the database for 3.0 s.'

  expect(await healthOf({ troubles: () => [reason] }).health()).toMatchObject({
    status: 'degraded',
    ready: true,
    reasons: [reason],
  })
})

test('starting and failing are distinguished by the age of the process', async () => {
  const young = healthOf({ engine: () => ({ name: null, reason: '' }) })
  const old = healthOf({ engine: () => ({ name: null, reason: '' }), now: later(300) })

  await expect(young.health()).rejects.toMatchObject({
    extras: { members: { health: { status: 'starting' } } },
  })
  await expect(old.health()).rejects.toMatchObject({
    extras: { members: { health: { status: 'unhealthy' } } },
  })
})

test.each<[WorkerState, boolean]>([
  ['running', true],
  ['elsewhere', true],
  ['starting', false],
  ['away', false],
])('predictions are answered while a worker is %s', async (state, ok) => {
  const answer = await healthOf({ worker: () => state }).health()

  expect(answer).toMatchObject({ ready: true, worker: { ok } })
})

test.each<[WorkerState, RegExp]>([
  ['unresponsive', /The worker does not respond, so jobs are waiting/],
  ['stalled', /The worker has not been able to read or write its jobs/],
  ['missing', /No worker has reported for 15 seconds/],
])('the product is degraded while its worker is %s', async (state, words) => {
  const answer = await healthOf({ worker: () => state }).health()

  expect(answer).toMatchObject({
    status: 'degraded',
    ready: true,
    reasons: [expect.stringMatching(words)],
    worker: { ok: false },
  })
})

test('every process that responds is alive, whatever has failed', async () => {
  const broken = healthOf({
    data: {
      ping: () => Promise.reject(new Error('gone')),
      live: { all: () => Promise.reject(new Error('gone')) },
    },
  })

  expect(await broken.healthLive()).toEqual({ status: 'alive', uptime_seconds: 5 })
})
