import { afterAll, beforeAll, expect, test } from 'vitest'
import { predictOne } from './predict.ts'
import { giveFeedback } from './predictions.ts'
import { listModels } from './models.ts'
import { deleteClassifier } from './classifiers.ts'
import type { Output } from './contract.ts'
import { openProgram } from '#lib/http/program.fakes.ts'
import { serve } from '#lib/http/serve.ts'
import { addressOf, call, ProblemError } from './client.ts'

const ID = '0193b3f0-0000-7000-8000-000000000001'
const routes: Record<string, (request: Request) => Promise<Response>> = {
  [`POST /api/predictions/${ID}/feedback`]: serve(giveFeedback, async (input) => ({
    id: input.id,
    correct: input.correct,
    label: input.label ?? 'none',
    sample_id: null,
  })),
  'GET /api/models': serve(listModels, async (input) => ({
    models: [],
    next_cursor: `${input.classifier} ${input.limit}`,
  })),
  'DELETE /api/classifiers/my-leaves': serve(deleteClassifier, async ({ id }) => ({
    id,
    deleted: true as const,
    trash_id: null,
    trashed_until: null,
  })),
  'POST /api/predict': serve(
    predictOne,
    async (input) =>
      ({
        filename: input.image.filename,
        width: input.top_k,
        height: input.image.bytes.length,
      }) as Output<typeof predictOne>,
  ),
}

/** The network between page and server: calls of a page reach the real routes. */
const network = globalThis.fetch
beforeAll(() => {
  openProgram()
  globalThis.fetch = async (address, init) => {
    const request = new Request(`http://darkroom.test${String(address)}`, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), authorization: 'Bearer admin' },
    })
    const route = routes[`${request.method} ${new URL(request.url).pathname}`]
    if (!route) throw new TypeError('fetch failed')
    return route(request)
  }
})
afterAll(() => {
  globalThis.fetch = network
})

test('a call reaches its route: path, JSON, query', async () => {
  expect(
    await call('POST /api/predictions/{id}/feedback', { id: ID, correct: false, label: 'a/b ?' }),
  ).toMatchObject({ id: ID, correct: false, label: 'a/b ?' })
  expect(await call('GET /api/models', { classifier: 'my-leaves', limit: 3 })).toEqual({
    models: [],
    next_cursor: 'my-leaves 3',
  })
  expect(await call('DELETE /api/classifiers/{id}', { id: 'my-leaves' })).toMatchObject({
    id: 'my-leaves',
    deleted: true,
  })
})

test('an image is sent as a form with its fields', async () => {
  const file = { blob: new Blob([new Uint8Array(9)]), name: 'drawn.png' }

  expect(await call('POST /api/predict', { file, top_k: 2, save: false })).toMatchObject({
    filename: 'drawn.png',
    width: 2,
    height: 9,
  })
})

test('a refusal is thrown with the text of the API, and its fields', async () => {
  const refusal = await call('POST /api/predictions/{id}/feedback', {
    id: ID,
    correct: true,
    label: '\u0001',
  }).catch((error: unknown) => error)

  expect(refusal).toBeInstanceOf(ProblemError)
  const problem = refusal as ProblemError
  expect(problem.code).toBe('invalid_input')
  expect(problem.fieldError('label')).toBe('must have no control characters')
  expect(problem.fieldError('correct')).toBeNull()
  expect(problem.message).toBe(problem.problem.detail)
})

test('a missing response is a problem too', async () => {
  const refusal = await call('GET /api/health', {}).catch((error: unknown) => error)

  expect((refusal as ProblemError).code).toBe('unreachable')
})

test('the address of an image has its id and size', () => {
  expect(addressOf('GET /api/samples/{id}/image', { id: ID, size: 96 })).toBe(
    `/api/samples/${ID}/image?size=96`,
  )
})
