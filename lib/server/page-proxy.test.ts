/** Requests through the proxy to a server on a socket of its own, as a web process behind is one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exchange } from './exchange.fakes.ts'
import { createPageProxy } from './page-proxy.ts'
import { GuardedResponse } from './security-headers.ts'
import { createWebServer } from './web-server.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** The port of a front server, and the socket behind it, where nothing listens yet. */
async function front({ trustsProxy = false, behind = 1, vary = '' } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-proxy-'))
  const sockets = Array.from({ length: behind }, (_, i) => path.join(folder, `${i}.sock`))
  const proxy = createPageProxy(sockets)
  const server = createWebServer({
    open: Promise.resolve(),
    pages: Promise.resolve(proxy),
    validate: () => false,
    answerDirectly: (_request, response) => {
      if (vary !== '') response.setHeader('vary', vary)
      return false
    },
    refuseOverload: () => false,
    trustsProxy,
    isDevelopment: false,
    answered: () => {},
    failed: () => {},
  })
  onTestFinished(async () => {
    proxy[Symbol.dispose]()
    await server.drain()
    rmSync(folder, { recursive: true })
  })
  const port = await server.listen({ port: 0, host: '127.0.0.1' })
  return { port, url: `http://127.0.0.1:${port}`, sockets }
}

async function listenBehind(socket: string, handle: Handle): Promise<{ readonly end: () => Promise<void> }> {
  const server = createServer({ ServerResponse: GuardedResponse }, handle)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const end = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(end)
  return { end }
}

const echo: Handle = (request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.writeHead(201, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
  })
}

type Echo = { method: string; url: string; headers: Record<string, string>; body: string }

test('method, address, headers, body and response arrive unchanged', async () => {
  const { url, port, sockets } = await front()
  await listenBehind(sockets[0]!, echo)

  const answer = await fetch(`${url}/pages/x?y=%20z`, {
    method: 'PATCH',
    headers: { accept: 'a/b' },
    body: 'text',
  })
  const seen = (await answer.json()) as Echo

  expect(answer.status).toBe(201)
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(seen).toMatchObject({ method: 'PATCH', url: '/pages/x?y=%20z', body: 'text' })
  expect(seen.headers).toMatchObject({ accept: 'a/b', host: `127.0.0.1:${port}` })
})

test('a client cannot name another address as its own, not even by its Connection header', async () => {
  const { port, sockets } = await front()
  await listenBehind(sockets[0]!, echo)

  const answer = await exchange(
    port,
    'GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 1.2.3.4\r\nx-real-ip: 1.2.3.4\r\n' +
      'forwarded: for=1.2.3.4\r\n' +
      'connection: close, x-forwarded-for\r\n\r\n',
  )

  expect(answer).toContain('"x-forwarded-for":"127.0.0.1"')
  expect(answer).not.toContain('1.2.3.4')
})

test('what a response varies by is added to what this server has stated', async () => {
  const { port, sockets } = await front({ vary: 'Origin' })
  await listenBehind(sockets[0]!, (_request, response) => response.writeHead(200, { vary: 'rsc' }).end())

  const answer = await fetch(`http://127.0.0.1:${port}/`)

  expect(answer.headers.get('vary')).toBe('Origin, rsc')
})

test('what a trusted proxy says about the client is passed on', async () => {
  const { url, sockets } = await front({ trustsProxy: true })
  await listenBehind(sockets[0]!, echo)

  const answer = await fetch(url, { headers: { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https' } })

  expect(((await answer.json()) as Echo).headers).toMatchObject({
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-proto': 'https',
  })
})

test('the first requests of a start wait for the web process; later ones get the time to try again', async () => {
  const { url, sockets } = await front()
  const early = fetch(`${url}/early`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const behind = await listenBehind(sockets[0]!, echo)
  expect((await early).status).toBe(201)

  await behind.end()
  const refused = await fetch(`${url}/later`, { method: 'POST', body: 'x' })

  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await refused.json()).toMatchObject({ success: false, code: 'not_ready' })
})

test('requests go past a web process that does not run', async () => {
  const { url, sockets } = await front({ behind: 2 })
  await listenBehind(sockets[1]!, echo)

  const statuses = await Promise.all(
    Array.from({ length: 4 }, () => fetch(url, { method: 'POST', body: 'x' })),
  )

  expect(statuses.map(({ status }) => status)).toEqual([201, 201, 201, 201])
})

test('with Expect: 100-continue a body that is refused by its headers is never requested', async () => {
  const { port, sockets } = await front()
  const server = createServer()
  server.on('checkContinue', (_request, response) => response.writeHead(413, { 'content-length': 0 }).end())
  await new Promise<void>((resolve) => server.listen(sockets[0]!, resolve))
  onTestFinished(() => void server.close())

  const answer = await exchange(
    port,
    'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\nconnection: close\r\n\r\n',
  )

  expect(answer).toMatch(/^HTTP\/1\.1 413/)
  expect(answer).not.toContain('100 Continue')
})

test('with Expect: 100-continue a body that is wanted is requested', async () => {
  const { port, sockets } = await front()
  await listenBehind(sockets[0]!, echo)

  const answer = await exchange(
    port,
    'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n',
    'hello',
    'GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  )

  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue/)
  expect(answer).toContain('"body":"hello"')
})

test('a client that disconnects ends the request behind, and a response that breaks off breaks off', async () => {
  const { port, url, sockets } = await front()
  let isGone = false
  await listenBehind(sockets[0]!, (request, response) => {
    response.once('close', () => (isGone ||= !response.writableFinished))
    response.writeHead(200, { 'content-length': 10 })
    response.write('half ')
    if (request.url === '/broken') setTimeout(() => response.destroy(), 50)
  })

  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'))
  socket.once('data', () => socket.destroy())
  await expect.poll(() => isGone).toBe(true)

  await expect(fetch(`${url}/broken`).then((answer) => answer.text())).rejects.toThrow()
})

test.each([
  ['at once, and would end the connection', 0, 413],
  ['after a part of the body, and would end the connection', 1_000_000, 413],
  ['at once, and would go on', 0, 401],
  ['after a part of the body, and would go on', 1_000_000, 401],
])('a client that sends a large body reads the refusal: %s', async (_, readFirst, status) => {
  const { url, sockets } = await front()
  await listenBehind(sockets[0]!, (request, response) => {
    const refuse = () => {
      if (status === 413) response.setHeader('connection', 'close')
      response.writeHead(status, { 'content-type': 'text/plain' })
      response.end('the reason')
    }
    if (readFirst === 0) return refuse()
    let read = 0
    request.on('data', function count(part: Buffer) {
      read += part.length
      if (read < readFirst) return
      request.off('data', count)
      request.pause()
      refuse()
    })
  })

  for (let turn = 0; turn < 5; turn++) {
    const answer = await fetch(`${url}/api/upload`, { method: 'POST', body: new Uint8Array(20_000_000) })
    expect([answer.status, await answer.text()]).toEqual([status, 'the reason'])
  }
})
