import { expect, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import { runEvents } from '#lib/contracts/retrain.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { openProgram } from './program.fakes.ts'
import { serve } from './serve.ts'

type Event = Output<typeof runEvents>
const ADDRESS = 'http://darkroom.test/api/runs/0193b3f0-0000-7000-8000-000000000001/events'
const log = (seq: number): Event => ({
  kind: 'log',
  seq,
  at: '2026-11-21T10:00:00.000Z',
  message: `line\n${seq}`,
})
const request = (signal: AbortSignal | null = null, headers = {}): Request =>
  new Request(ADDRESS, { headers: { authorization: 'Bearer user', ...headers }, signal })

test('events are written as they arrive, with their seq as id, and the end is announced', async () => {
  openProgram()
  const route = serve(runEvents, async () =>
    (async function* () {
      yield log(1)
      yield log(2)
    })(),
  )

  const response = await route(request())

  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
  expect(await response.text()).toBe(
    `retry: 2000\n\nid: 1\ndata: ${JSON.stringify(log(1))}\n\nid: 2\ndata: ${JSON.stringify(log(2))}\n\nevent: ` +
      'end\ndata: {}\n\n',
  )
})

test('a client that reconnects continues after the last event it received', async () => {
  openProgram()
  const route = serve(runEvents, async ({ after }) =>
    (async function* () {
      yield log(after + 1)
    })(),
  )

  expect(await (await route(request(null, { 'last-event-id': '41' }))).text()).toContain('id: 42\n')
})

test('when the client disconnects, the use case is notified and its iterator ends', async () => {
  openProgram()
  const leaving = new AbortController()
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  const route = serve(runEvents, async (_input, { signal }) =>
    (async function* () {
      try {
        yield log(1)
        await new Promise((go) => signal.addEventListener('abort', go))
      } finally {
        resolve('ended')
      }
    })(),
  )

  const reader = (await route(request(leaving.signal))).body!.getReader()
  await reader.read()
  await reader.read()
  leaving.abort()

  expect(await ended).toBe('ended')
})

test('a run that does not exist is a problem document, not a stream, even when only the stream notices', async () => {
  openProgram()
  const missing = new DarkroomError('not_found', {
    what: 'There is no such run',
    why: 'it was deleted',
    remedy: 'See /retrain.',
  })
  const route = serve(runEvents, async () =>
    (async function* (): AsyncGenerator<Event> {
      throw missing
    })(),
  )

  const response = await route(request())

  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})
