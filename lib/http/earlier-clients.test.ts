import { expect, test } from 'vitest'
import { predictOne } from '#lib/contracts/predict.ts'
import { darkroom } from './context.ts'
import { fromRequest } from './incoming.ts'
import { broken, EARLIER, requestOf } from './earlier-clients.fakes.ts'
import { LEGACY } from './legacy.ts'
import { toResponse } from './outgoing.ts'
import { openProgram } from './program.fakes.ts'
import { serve } from './serve.ts'

const ID = '0193b3f0-0000-7000-8000-000000000001'
const HOME = 'http://darkroom.test'

const predicted = (classes: readonly string[]) => {
  const shares = classes.map((_, i) => (i === 1 ? 0.9 : 0.1 / (classes.length - 1)))
  return {
    success: true,
    id: ID,
    classifier: 'shapes',
    model_version: 'v1',
    engine: 'onnx',
    predicted_class: classes[1]!,
    predicted_index: 1,
    confidence: 0.9,
    probabilities: Object.fromEntries(classes.map((name, i) => [name, shares[i]!])),
    top_k: classes
      .map((name, index) => ({ class: name, index, probability: shares[index]! }))
      .toSorted((a, b) => b.probability - a.probability),
    decision: null,
    candidates: null,
    filename: 'test.png',
    width: 32,
    height: 32,
    timestamp: '2026-11-21T10:00:00.000Z',
    timing_ms: { decode: 1, queue: 0, inference: 1, total: 2 },
    cached: false,
  } as const
}

type RetrainResponse = {
  run: {
    id: string
    classifier: string
    state: string
    version: string | null
    epoch: number
    points: never[]
    error: string | null
    message: string
  }
}
const run = (state: string): RetrainResponse['run'] => ({
  id: ID,
  classifier: 'shapes',
  state,
  version: state === 'done' ? 'v2' : null,
  epoch: 7,
  points: [],
  error: state === 'failed' ? 'the loss was no number' : null,
  message: '',
})

/**
 * A program whose modules return what the cases request; parts of responses that no case reads are left
 * out.
 */
function opened({ classes = ['circle', 'star'], ends = 'done', openActions = false } = {}) {
  const received: { parts: string[]; retrain: unknown } = { parts: [], retrain: null }
  const program = {
    serving: {
      predict: async ({ top_k }: { top_k: number }) => {
        const answer = predicted(classes)
        return { ...answer, top_k: answer.top_k.slice(0, top_k) }
      },
    },
    ingest: {
      upload: async ({
        parts,
      }: {
        parts: AsyncIterable<{ kind: string; name: string; bytes?: AsyncIterable<Uint8Array> }>
      }) => {
        for await (const part of parts) {
          received.parts.push(`${part.kind} ${part.name}`)
          if (part.bytes) for await (const chunk of part.bytes) void chunk
        }
        return {
          success: true,
          id: ID,
          classifier: 'shapes',
          state: 'done',
          message: 'Uploaded 2 images successfully',
          count: 2,
        }
      },
    },
    training: {
      evaluateModel: async () => ({
        accuracy: { value: 0.9, low: 0.8, high: 1 },
        per_class: [],
        confusion: [],
      }),
      retrain: async (input: unknown) => {
        received.retrain = input
        return { success: true, message: 'Training begins', run: run('queued') }
      },
    },
    queries: {
      listClasses: async () => ({ success: true, classifier: 'shapes', classes, count: 2 }),
      retrainStatus: async () => ({
        is_running: false,
        progress: 0,
        message: 'No training run yet',
        last_retrain_time: null,
        run_id: null,
        classifier: null,
      }),
      runEvents: async () =>
        (async function* () {
          yield { kind: 'log' }
        })(),
      getRun: async () => run(ends),
      listModels: async () => ({
        models: [{ version: 'v2', accuracy: { value: 0.97, low: 0.9, high: 0.99 } }],
        next_cursor: null,
      }),
    },
    operations: {
      health: async () => ({ status: 'healthy', uptime_seconds: 3, model_loaded: true }),
      metrics: async () => ({
        cpu_percent: 1,
        memory_percent: 2,
        disk_percent: 3,
        uptime: '2d 5h 23m 15s',
        uptime_seconds: 9,
        processes: [{ name: 'web', pid: 1, memory_mb: 80, cpu_percent: 0 }],
        requests: { total: 4, errors: 0, per_second: 0 },
        predictions: {
          total: 2,
          per_second: 0,
          latency_ms: { p50: 1, p95: 2, p99: 3 },
          queue: 0,
          mean_batch: null,
          cache: { hits: 0, misses: 0 },
        },
      }),
    },
    ...(openActions && {
      auth: {
        callerOf: async () => ({
          kind: 'anonymous',
          id: null,
          name: null,
          scopes: ['open', 'upload', 'train'],
        }),
      },
    }),
    settings: { openActions },
  }
  openProgram(program as unknown as Parameters<typeof openProgram>[0])
  return received
}

async function send(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const handle = LEGACY[`${request.method} ${pathname.replace(/(.)\/$/, '$1')}`]
  if (!handle) throw new Error(`nothing answers ${request.method} ${pathname}`)
  return toResponse(await handle(fromRequest(request)))
}

test.each(EARLIER.map((request) => [request.story, request] as const))('%s', async (_story, request) => {
  opened()

  expect(await broken(request, await send(requestOf(request, HOME, request.needsKey && 'admin')))).toEqual([])
})

test.each(EARLIER.filter((request) => request.needsKey).map((request) => [request.story, request] as const))(
  'refused without a key, and allowed with OPEN_ACTIONS: %s',
  async (_story, request) => {
    opened()
    expect((await send(requestOf(request, HOME))).status).toBe(401)

    opened({ openActions: true })
    expect(await broken(request, await send(requestOf(request, HOME)))).toEqual([])
    const foreign = requestOf({ ...request, headers: { origin: 'https://elsewhere.example' } }, HOME)
    if (request.method === 'POST') expect((await send(foreign)).status).toBe(403)
  },
)

test('digits are returned as numbers: a list in class order on /predict, a table on /api/predict', async () => {
  opened({ classes: ['0', '7', '3'] })
  const request = EARLIER[0]!

  const before = (await (await send(requestOf(request, HOME))).json()) as Record<string, unknown>
  const ours = (await (
    await serve(predictOne, (input, about) => darkroom().serving.predict(input, about))(
      requestOf({ ...request, path: '/api/predict' }, HOME),
    )
  ).json()) as Record<string, unknown>

  expect(before).toMatchObject({ prediction: 7, predicted_class: '7', probabilities: [0.05, 0.9, 0.05] })
  expect(ours['probabilities']).toEqual({ 0: 0.05, 7: 0.9, 3: 0.05 })
})

test('the class of an earlier form becomes the label, and its epochs become a number', async () => {
  const opening = opened()

  await send(
    requestOf(
      EARLIER.find((one) => one.story.includes('a class and many files'))!,
      HOME,
      'admin',
    ),
  )
  await send(
    new Request(`${HOME}/retrain`, {
      method: 'POST',
      headers: { authorization: 'Bearer admin' },
      body: new URLSearchParams({ epochs: '5' }),
    }),
  )

  expect(opening.parts[0]).toBe('field label')
  expect(opening.retrain).toMatchObject({ epochs: 5 })
})

test.each([
  ['failed', 500, /the loss was no number/],
  ['cancelled', 409, /was cancelled/],
])('a client that waits for a training run that %s receives the reason', async (ends, status, why) => {
  opened({ ends })

  const response = await send(
    new Request(`${HOME}/retrain?wait=true`, { method: 'POST', headers: { authorization: 'Bearer admin' } }),
  )

  expect(response.status).toBe(status)
  expect(((await response.json()) as { detail: string }).detail).toMatch(why)
})
