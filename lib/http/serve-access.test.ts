import { expect, test } from 'vitest'
import { createClassifier } from '#lib/contracts/classifiers.ts'
import type { Output } from '#lib/contracts/contract.ts'
import { listModels } from '#lib/contracts/models.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { darkroom } from './context.ts'
import { openProgram } from './program.fakes.ts'
import { asAdmin, HOME, json, post } from './serve.fakes.ts'
import { serve } from './serve.ts'

test('behind a trusted proxy the forwarded host is ours', async () => {
  openProgram({ settings: { trustProxy: true } })
  const route = serve(createClassifier, async () => ({}) as Output<typeof createClassifier>)

  const response = await route(
    json(
      '/api/classifiers',
      { id: 'leaves' },
      {
        cookie: 'session=admin',
        origin: 'https://leaves.test',
        host: '10.0.0.7',
        'x-forwarded-host': 'leaves.test',
      },
    ),
  )

  expect(response.status).toBe(201)
})

test('predictions are public only while the owner allows it', async () => {
  const route = serve(predictOne, async () => ({}) as Output<typeof predictOne>)
  const send = (headers = {}): Promise<Response> =>
    route(post('/api/predict', new Uint8Array([1]), { 'content-type': 'image/png', ...headers }))

  openProgram()
  expect((await send()).status).toBe(200)

  openProgram({ settings: { publicPredict: false } })
  expect((await send()).status).toBe(401)
  expect((await send({ authorization: 'Bearer user' })).status).toBe(200)
})

test('lists need a login and read their page from the query', async () => {
  openProgram({
    queries: { listModels: async (input) => ({ models: [], next_cursor: String(input.limit) }) },
  })
  const route = serve(listModels, (input) => darkroom().queries.listModels(input))

  expect((await route(new Request(`${HOME}/api/models`))).status).toBe(401)
  expect(
    await (await route(new Request(`${HOME}/api/models?limit=7`, { headers: asAdmin }))).json(),
  ).toMatchObject({ next_cursor: '7' })
  expect((await route(new Request(`${HOME}/api/models?limit=9999`, { headers: asAdmin }))).status).toBe(422)
})
