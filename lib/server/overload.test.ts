import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { DarkroomError } from '#lib/domain/errors.ts'
import { fastPath } from './fast-path.ts'
import { refusedAtOnce } from './overload.ts'
import { openProgram } from '#lib/http/program.fakes.ts'

const FULL = new DarkroomError(
  'overloaded',
  { what: 'No prediction was made', why: '300 others are waiting', remedy: 'Try again in a second.' },
  { retryAfterSeconds: 1 },
)

async function listening(): Promise<number> {
  const server = createServer((message, response) => {
    if (!refusedAtOnce(message, response) && !fastPath(message, response)) response.writeHead(404).end()
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port // listening on a port
}

test('a prediction that would wait too long is refused while its body is sent, and is not logged', async () => {
  const { logged } = openProgram({ serving: { refusal: () => FULL } })
  const port = await listening()

  const answer = await new Promise<{
    status: number | undefined
    retryAfter: string | undefined
    body: string
  }>((resolve, reject) => {
    const sending = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/predict?classifier=shapes',
        headers: { 'content-type': 'image/png', 'content-length': 100_000 },
      },
      (response) => {
        let body = ''
        response.on('data', (text: Buffer) => {
          body += text.toString()
          if (body.length === Number(response.headers['content-length']))
            resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'], body })
        })
      },
    )
    sending.on('error', reject)
    onTestFinished(() => void sending.destroy())
    sending.write('the beginning of an image')
  })

  expect(answer).toMatchObject({ status: 503, retryAfter: '1' })
  expect(JSON.parse(answer.body)).toMatchObject({
    success: false,
    code: 'overloaded',
    instance: '/api/predict',
  })
  expect(logged).toEqual([])
})

test('other addresses are answered while predictions are refused', async () => {
  openProgram({
    serving: { refusal: () => FULL },
    operations: { healthLive: async () => ({ status: 'alive', uptime_seconds: 1 }) },
  })
  const port = await listening()

  expect((await fetch(`http://127.0.0.1:${port}/api/health/live`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/api/predictable`, { method: 'POST' })).status).toBe(404)
})

test('after a refusal the connection continues with the next request', async () => {
  let refusal: DarkroomError | null = FULL
  openProgram({ serving: { refusal: () => refusal, predict: async () => Promise.reject(FULL) } })
  const port = await listening()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const send = () =>
    new Promise<{ status: number | undefined; port: number | undefined; nosniff: unknown }>(
      (resolve, reject) => {
        const headers = { 'content-type': 'image/png', 'content-length': 3_000 }
        request({ port, agent, method: 'POST', path: '/api/predict', headers }, (response) => {
          const { statusCode: status, headers: received } = response
          const local = response.socket.localPort
          response.resume()
          response.once('end', () =>
            resolve({ status, port: local, nosniff: received['x-content-type-options'] }),
          )
        })
          .on('error', reject)
          .end(Buffer.alloc(3_000))
      },
    )

  const first = await send()
  const second = await send()
  refusal = null
  const third = await send()

  expect([first.status, second.status, third.status]).toEqual([503, 503, 503])
  expect(first.nosniff).toBe('nosniff')
  expect(new Set([first.port, second.port, third.port]).size).toBe(1)
})

test('refusals for the same reason differ only by the id of their request', async () => {
  openProgram({ serving: { refusal: () => FULL } })
  const port = await listening()
  const send = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/predict`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: Buffer.alloc(100),
    })
    const { request_id: id, ...reason } = (await answer.json()) as Record<string, unknown>
    expect(answer.headers.get('x-request-id')).toBe(id)
    return { id, reason }
  }

  const [first, second] = [await send(), await send()]

  expect(first.id).not.toBe(second.id)
  expect(first.reason).toEqual(second.reason)
  expect(first.reason).toMatchObject({ code: 'overloaded', detail: expect.stringContaining('300 others') })
})

test('a page of another origin can read why a prediction was refused', async () => {
  openProgram({
    settings: { corsOrigins: ['https://shop.example'] },
    serving: { refusal: () => FULL },
  })
  const port = await listening()

  const answer = await fetch(`http://127.0.0.1:${port}/api/predict`, {
    method: 'POST',
    headers: { origin: 'https://shop.example', 'content-type': 'image/png' },
    body: Buffer.alloc(100),
  })

  expect(answer.status).toBe(503)
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
})
