import { expect, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { openProgram } from './program.fakes.ts'
import { tooOften } from './rate-limit-headers.ts'
import { serve, withProblems } from './serve.ts'

const request = (headers: Record<string, string> = {}) =>
  serve(predictOne, async () => {
    throw new DarkroomError('overloaded', { what: 'a', why: 'b', remedy: 'c' })
  })(new Request('http://darkroom.test/api/predict', { method: 'POST', body: 'x', headers }))

test('a request over the limit is refused before the body is read, with the time to retry', async () => {
  const counted: unknown[] = []
  openProgram({
    auth: {
      rate: async (limited, { address, caller }) => {
        counted.push([limited, address, caller.kind])
        return { isAllowed: false, limit: 3, remaining: 0, resetSeconds: 40, windowSeconds: 60 }
      },
    },
  })

  const response = await request({ 'x-forwarded-for': '198.51.100.7, 192.0.2.1' })

  expect(response.status).toBe(429)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'retry-after': '40',
    'ratelimit-limit': '3',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '40',
    'ratelimit-policy': '3;w=60',
  })
  expect(await response.json()).toMatchObject({
    code: 'rate_limited',
    success: false,
    instance: '/api/predict',
    limit: 3,
  })
  expect(counted).toEqual([['predict', '192.0.2.1', 'anonymous']]) // the proxy itself wrote the last one
})

test('the error for an hourly limit names the hour', async () => {
  openProgram({
    auth: {
      rate: async () => ({
        isAllowed: false,
        limit: 5,
        remaining: 0,
        resetSeconds: 2_400,
        windowSeconds: 3_600,
      }),
    },
  })

  const response = await request()

  expect(Object.fromEntries(response.headers)).toMatchObject({
    'retry-after': '2400',
    'ratelimit-reset': '2400',
    'ratelimit-policy': '5;w=3600',
  })
  expect(await response.json()).toMatchObject({
    detail: expect.stringContaining(
      'at most 5 requests of this kind are allowed in an hour. Try again in 40 minutes',
    ),
    window_seconds: 3_600,
  })
})

test('an explanation also counts as a batch, and is refused when the batch limit is reached', async () => {
  const requested: string[] = []
  openProgram({
    auth: {
      rate: async (limited) => {
        requested.push(limited)
        return limited === 'batch'
          ? { isAllowed: false, limit: 1, remaining: 0, resetSeconds: 40, windowSeconds: 60 }
          : { isAllowed: true, limit: 3, remaining: 2, resetSeconds: 40, windowSeconds: 60 }
      },
    },
  })
  const answer = serve(predictOne, async () => ({}) as Output<typeof predictOne>)
  const send = (query: string) =>
    answer(new Request(`http://darkroom.test/api/predict${query}`, { method: 'POST', body: 'x' }))

  const [plain, explained] = [await send('?explain=false'), await send('?explain=true')]

  expect([plain.status, plain.headers.get('ratelimit-limit')]).toEqual([200, '3'])
  expect([explained.status, explained.headers.get('ratelimit-limit')]).toEqual([429, '1'])
  expect(requested).toEqual(['predict', 'predict', 'batch'])
})

test('a refusal on another library’s route is a problem document like any other', async () => {
  openProgram()
  const route = withProblems<Request, null>(async () => {
    throw tooOften({ isAllowed: false, limit: 10, remaining: 0, resetSeconds: 12, windowSeconds: 60 })
  })

  const response = await route(
    new Request('http://darkroom.test/api/auth/callback/credentials', { method: 'POST' }),
    null,
  )

  expect(response.status).toBe(429)
  expect(await response.json()).toMatchObject({
    instance: '/api/auth/callback/credentials',
    request_id: response.headers.get('x-request-id'),
  })
  expect(
    await (
      await withProblems<Request, null>(async () => new Response('as it was'))(
        new Request('http://darkroom.test/'),
        null,
      )
    ).text(),
  ).toBe('as it was')
})
