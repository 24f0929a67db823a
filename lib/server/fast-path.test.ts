import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { darkroom } from '#lib/http/context.ts'
import { fastPath, fastPathAlone, fastPathBehind } from './fast-path.ts'
import { openProgram } from '#lib/http/program.fakes.ts'
import { serve } from '#lib/http/serve.ts'

type Answer = Output<Routes['POST /api/predict']>
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listening(
  predict: (bytes: Uint8Array, signal: AbortSignal) => Promise<Answer>,
  answered = fastPath,
): Promise<string> {
  openProgram({
    serving: {
      predict: (input, context) => predict(input.image.bytes, context.signal),
      predictBatch: async () => ({ success: true, count: 0, predictions: [] }),
    },
    operations: { healthLive: async () => ({ status: 'alive', uptime_seconds: 1 }) },
  })
  const server = createServer((message, response) => {
    if (!answered(message, response)) response.writeHead(418).end('next')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const answer = (size: number): Answer => ({ confidence: 1, width: size }) as Answer

test('the fast path answers its hot paths and leaves the rest to Next', async () => {
  const home = await listening(async (bytes) => answer(bytes.length))
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(90_000)]), 'a.png')

  expect(await (await fetch(`${home}/api/health/live`)).json()).toEqual({
    status: 'alive',
    uptime_seconds: 1,
  })
  expect(
    await (await fetch(`${home}/api/predict?top_k=1`, { method: 'POST', body: form })).json(),
  ).toMatchObject({ width: 90_000 })
  for (const path of ['health', 'metrics'])
    expect((await fetch(`${home}/api/${path}`)).headers.get('x-request-id'), path).not.toBeNull()
  for (const path of ['health/ready', 'predict', 'statistics?days=2', 'model/info'])
    expect((await fetch(`${home}/api/${path}`)).status, path).toBe(418)
  expect((await fetch(`${home}/api/predict/batch`, { method: 'POST' })).status).toBe(400)
  for (const path of ['models/rollback', 'models/some-id/promote'])
    expect((await fetch(`${home}/api/${path}`, { method: 'POST' })).status, path).toBe(401)
})

test.each([
  ['a process behind', fastPathBehind, ['statistics?days=2', 'model/info'], ['health', 'predict']],
  ['the only process', fastPathAlone, ['health', 'statistics', 'model/info'], ['health/ready', 'predict']],
])('%s answers what is read through Prisma', async (_kind, path, own, others) => {
  const home = await listening(async (bytes) => answer(bytes.length), path)

  for (const one of own)
    expect((await fetch(`${home}/api/${one}`)).headers.get('x-request-id'), one).not.toBeNull()
  for (const one of others) expect((await fetch(`${home}/api/${one}`)).status, one).toBe(418)
})

test.each<[string, RequestInit]>([
  ['an image', { body: new Uint8Array([1, 2, 3]), headers: { 'content-type': 'image/png' } }],
  ['nothing', {}],
  [
    'a wrong field',
    {
      body: JSON.stringify({ url: 'data:;base64,AAAA', top_k: 'x' }),
      headers: { 'content-type': 'application/json' },
    },
  ],
  [
    'an invalid explain value',
    {
      body: JSON.stringify({ url: 'data:;base64,AAAA', explain: 'maybe' }),
      headers: { 'content-type': 'application/json' },
    },
  ],
  [
    'an explanation',
    {
      body: JSON.stringify({ url: 'data:;base64,AAAA', explain: 'true' }),
      headers: { 'content-type': 'application/json' },
    },
  ],
  [
    'an untrusted forwarded address',
    { body: JSON.stringify({ url: 'http://x' }), headers: { 'content-type': 'application/json' } },
  ],
])('the fast path and the route respond alike: %s', async (_story, init) => {
  const home = await listening(async (bytes) => answer(bytes.length))
  const route = serve(predictOne, (input, context) => darkroom().serving.predict(input, context))

  const onFastPath = await fetch(`${home}/api/predict`, { method: 'POST', ...init })
  const atRoute = await route(new Request(`${home}/api/predict`, { method: 'POST', ...init }))

  expect(onFastPath.status).toBe(atRoute.status)
  expect(onFastPath.headers.get('content-type')).toBe(atRoute.headers.get('content-type'))
  const [one, other] = [await onFastPath.json(), await atRoute.json()] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ]
  expect({ ...one, request_id: '' }).toEqual({ ...other, request_id: '' })
})

test('a request that no handler could read is refused at once', async () => {
  const home = await listening(async (bytes) => answer(bytes.length))

  for (const path of ['/api/models/%zz', '/api/predictions/%ff%fe/image'])
    expect(await (await fetch(home + path)).json(), path).toMatchObject({ status: 400, code: 'malformed' })
  expect((await fetch(`${home}/api/models/Gr%C3%A4ser?q=%zz`)).status).toBe(418)

  const trace = request(`${home}/api/models`, { method: 'TRACE' })
  trace.end()
  const [response] = (await once(trace, 'response')) as [IncomingMessage]
  response.resume()
  expect(response.statusCode).toBe(405)
})

test.each<[string, string, number, string | null]>([
  ['OPTIONS', '/api/predict', 204, 'POST, OPTIONS'],
  ['OPTIONS', '/api/models/0193b3f0-0000-7000-8000-000000000001', 204, 'GET, HEAD, DELETE, OPTIONS'],
  ['OPTIONS', '/api/auth/callback/credentials', 204, 'GET, HEAD, POST, OPTIONS'],
  ['OPTIONS', '/retrain', 204, 'GET, HEAD, POST, OPTIONS'],
  ['OPTIONS', '/api/nowhere', 404, null],
  ['TRACE', '/api/predict', 405, 'POST, OPTIONS'],
  ['POST', '/history', 405, 'GET, HEAD, OPTIONS'],
  ['DELETE', '/retrain', 405, 'GET, HEAD, POST, OPTIONS'],
  ['PUT', '/', 405, 'GET, HEAD, OPTIONS'],
])('%s %s: %s, with the supported methods', async (method, path, status, allow) => {
  const home = await listening(async (bytes) => answer(bytes.length))

  const sent = request(home + path, { method })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()

  expect([response.statusCode, response.headers.allow ?? null]).toEqual([status, allow])
})

test('a parameter name that Next would lose is refused before it reaches Next', async () => {
  const home = await listening(async (bytes) => answer(bytes.length))

  for (const query of ['__proto__=1', 'a=b&%5f_proto%5F_=1'])
    expect(await (await fetch(`${home}/api/predictions?${query}`)).json(), query).toMatchObject({
      status: 422,
      errors: [{ path: '__proto__' }],
    })
  expect((await fetch(`${home}/api/predictions?a=__proto__`)).status).toBe(418)
})

test('a body over the limit is refused while it is still being sent, and the connection ends', async () => {
  const home = new URL(await listening(async (bytes) => answer(bytes.length)))
  const socket = connect(Number(home.port), home.hostname)
  let output = ''
  socket.on('data', (chunk) => (output += String(chunk)))
  socket.on('error', () => {})

  socket.write(
    'POST /api/predict HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 900000000\r\n\r\n',
  )
  await once(socket, 'close')

  expect(output).toMatch(/^HTTP\/1\.1 413 /)
  expect(output).toContain('"code":"too_large"')
})

test('a refused client that sends slowly is not cut off while it sends', async () => {
  const home = new URL(await listening(async (bytes) => answer(bytes.length)))
  const socket = connect(Number(home.port), home.hostname)
  socket.resume()
  let isClosed = false
  socket.once('close', () => (isClosed = true))
  const errors: Error[] = []
  socket.on('error', (error) => errors.push(error))

  socket.write(
    'POST /api/predict HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 900000000\r\n\r\n',
  )
  for (let piece = 0; piece < 12; piece++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    socket.write(Buffer.alloc(1_000))
  }

  expect({ isClosed, errors }).toEqual({ isClosed: false, errors: [] })
  await once(socket, 'close')
})

test('a client that disconnects ends the work for it, and nothing is logged', async () => {
  const { promise: started, resolve: begin } = Promise.withResolvers<void>()
  const { promise: reported, resolve: tell } = Promise.withResolvers<string>()
  const home = await listening(async (_bytes, signal) => {
    begin()
    await new Promise((go) => signal.addEventListener('abort', go))
    tell('left')
    throw signal.reason
  })
  const leaving = new AbortController()

  const sent = fetch(`${home}/api/predict`, {
    method: 'POST',
    body: new Uint8Array([1]),
    headers: { 'content-type': 'image/png' },
    signal: leaving.signal,
  }).catch((error: Error) => error.name)
  await started
  leaving.abort()

  expect(await reported).toBe('left')
  expect(await sent).toBe('AbortError')
})

test('a client that disconnects in the middle of its body affects no other client', async () => {
  const home = new URL(await listening(async (bytes) => answer(bytes.length)))
  const socket = connect(Number(home.port), home.hostname)
  socket.write(
    'POST /api/predict HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 5000\r\n\r\nabc',
  )
  await once(socket, 'ready')
  socket.resetAndDestroy()

  const after = await fetch(`${home.href}api/predict`, {
    method: 'POST',
    body: new Uint8Array([1]),
    headers: { 'content-type': 'image/png' },
  })

  expect(await after.json()).toMatchObject({ width: 1 })
})
