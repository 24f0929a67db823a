import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchSlowConnections } from './slow-connections.ts'

type Answer = (message: IncomingMessage, response: ServerResponse) => Promise<unknown>

/** Reads as the handlers do: by async iteration, under which `isPaused()` is true. */
const readWhole: Answer = async (message, response) => {
  let bytes = 0
  for await (const chunk of message.iterator({ destroyOnReturn: false }))
    bytes += (chunk as Buffer).byteLength
  response.end(`read ${bytes}`)
}

/** A server on a real socket; the test controls the clock and the checks. */
async function watched(answer: Answer = readWhole, socketPath?: string) {
  let now = 0
  let look = () => {}
  const server = createServer((message, response) => {
    slow.watch(message, response)
    answer(message, response).catch(() => response.destroy())
    server.emit('watched')
  })
  const slow = watchSlowConnections(
    server,
    () => now,
    (_ms, then) => {
      look = then
      return () => {}
    },
  )
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  await once(server.listen(socketPath ?? { port: 0, host: '127.0.0.1' }), 'listening')
  onTestFinished(() => {
    slow[Symbol.dispose]()
    server.closeAllConnections()
    server.close()
  })
  const open = async (): Promise<Client> => {
    const accepted = once(server, 'connection')
    const client = clientOf(
      socketPath ? connect(socketPath) : connect((server.address() as AddressInfo).port, '127.0.0.1'),
    )
    await accepted
    return client
  }
  const begin = async (head: string): Promise<Client> => {
    const client = await open()
    const watched = once(server, 'watched')
    client.socket.write(head)
    await watched
    return client
  }
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds; i += 2) {
      now += 2_000
      look()
    }
  }
  return { open, begin, pass, server, sockets }
}

type Client = { readonly socket: Socket; readonly received: () => string; readonly closed: Promise<unknown> }

function clientOf(socket: Socket): Client {
  let output = ''
  socket.on('data', (chunk) => {
    output += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  return { socket, received: () => output, closed: new Promise((resolve) => socket.once('close', resolve)) }
}

/**
 * Waits for a condition: changes on the other side of a socket are noticed by polling, between turns of the
 * loop.
 */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

const post = (more: string, body = 'abc') => `POST /a?b HTTP/1.1\r\nhost: a\r\n${more}\r\n\r\n${body}`

test.each<[string, string]>([
  ['a body of known length', post('content-length: 1000000')],
  ['a chunked body', post('transfer-encoding: chunked', '3\r\nabc\r\n')],
  ['a body after a permission to send it', post('content-length: 1000000\r\nexpect: 100-continue', '')],
  ['the body of a GET', 'GET /a?b HTTP/1.1\r\nhost: a\r\ncontent-length: 9000\r\n\r\nabc'],
])('%s that does not arrive is refused after half a minute, with 408', async (_story, head) => {
  const { begin, pass } = await watched()
  const client = await begin(head)

  pass(30)
  expect(client.socket.destroyed).toBe(false)
  pass(4)
  await client.closed

  expect(client.received()).toMatch(/HTTP\/1\.1 408 Request Timeout\r\n/)
  expect(client.received()).toContain('"instance":"/a","code":"too_slow"')
})

test.each<[string, string]>([
  ['a connection that sends nothing', ''],
  ['headers that do not end', 'GET / HTTP/1.1\r\nhost: a\r\nx-a: '],
  ['empty lines alone', '\r\n\r\n'],
])('%s is ended after half a minute, with 408', async (_story, sent) => {
  const { open, pass, server } = await watched()
  const client = await open()
  if (sent !== '') client.socket.write(sent)

  for (let i = 0; i < 15; i++) {
    pass(2)
    if (sent === '') continue
    const { bytesWritten } = client.socket
    client.socket.write(sent === '\r\n\r\n' ? '\r\n' : 'a')
    await until(() => client.socket.bytesWritten > bytesWritten)
  }
  pass(4)
  await client.closed

  expect(client.received()).toMatch(/^HTTP\/1\.1 408 /)
  expect(server.listening).toBe(true)
})

test('an idle connection that trickles a second request is ended like a first one', async () => {
  const { begin, pass, sockets } = await watched()
  const client = await begin('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await until(() => client.received().includes('read 0'))
  const [socket] = sockets
  pass(60)
  expect(client.socket.destroyed).toBe(false)

  client.socket.write('GET /')
  await until(() => socket!.bytesRead > 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'.length)
  pass(34)
  await client.closed

  expect(client.received()).toContain('408')
})

test('a client that sends a kilobyte a second may continue indefinitely', async () => {
  const { begin, pass, sockets } = await watched()
  const client = await begin(post('content-length: 1000000'))
  const [socket] = sockets

  for (let i = 0; i < 4; i++) {
    const { bytesRead } = socket!
    client.socket.write(Buffer.alloc(31_000))
    await until(() => socket!.bytesRead >= bytesRead + 31_000)
    pass(28)
  }

  expect(client.socket.destroyed).toBe(false)
})

test('a body that the server is not reading is not timed out until reading starts', async () => {
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
  const { begin, pass } = await watched(async (message, response) => {
    request = message
    await allowed
    await readWhole(message, response)
  })
  let request: IncomingMessage | null = null
  const client = await begin(post('content-length: 9000000'))
  client.socket.write(Buffer.alloc(4_000_000))
  await until(() => request !== null && request.readableLength >= request.readableHighWaterMark)

  pass(120)
  expect(client.socket.destroyed).toBe(false)

  allow()
  await until(() => request!.readableLength === 0)
  pass(36)
  await client.closed

  expect(client.received()).toContain('408')
})

test('a slow response is not counted against the client', async () => {
  const { begin, pass } = await watched(() => new Promise(() => {}))
  const client = await begin(post('content-length: 3'))

  pass(300)

  expect(client.socket.destroyed).toBe(false)
})

test('a client that does not read its response is ended, one that reads some of it stays', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024)
  const { open, pass, server, sockets } = await watched(async (_message, response) => {
    response.end(large)
  })
  const [none, some] = [await open(), await open()]
  for (const { socket } of [none, some]) {
    socket.removeAllListeners('data')
    socket.pause()
    const started = once(server, 'watched')
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await started
  }
  const ended: (number | undefined)[] = []
  for (const socket of sockets) {
    const { remotePort } = socket
    socket.once('close', () => ended.push(remotePort))
  }

  for (let i = 0; i < 4; i++) {
    pass(10)
    for (let read = 0; read < 8_000_000;) {
      const chunk = some.socket.read() as Buffer | null
      if (chunk === null) await new Promise((resolve) => setImmediate(resolve))
      else read += chunk.byteLength
    }
  }

  await until(() => ended.length > 0)
  expect(ended).toEqual([none.socket.localPort])
  expect(some.socket.destroyed).toBe(false)
})

test('when unread responses take too much memory, those that are not read end sooner, the largest first', async () => {
  const { open, pass, server, sockets } = await watched(async ({ url }, response) => {
    response.end(Buffer.alloc(Number(url!.slice(1)) * 1024 * 1024))
  })
  for (const megabytes of [20, 48, 24]) {
    const { socket } = await open()
    const started = once(server, 'watched')
    socket.removeAllListeners('data').pause().write(`GET /${megabytes} HTTP/1.1\r\nhost: a\r\n\r\n`)
    await started
  }

  pass(6)
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false, false])
  pass(2)

  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, true, false])
  pass(12)
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, true, false])
})

test('a process that does not read a response from a private socket is ended, without an error here', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-slow-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { open, pass, server, sockets } = await watched(
    async (_message, response) => {
      response.end(Buffer.alloc(8 * 1024 * 1024))
    },
    path.join(folder, 'socket'),
  )
  const { socket } = await open()
  const started = once(server, 'watched')
  socket.removeAllListeners('data').pause().write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await started

  pass(34)

  expect(sockets[0]!.destroyed).toBe(true)
})

test('a request whose body never ends is disconnected without a second response', async () => {
  const { begin, pass } = await watched(async (message, response) => {
    message.resume()
    response.end('enough')
  })
  const client = await begin(post('content-length: 1000000'))
  await until(() => client.received().includes('enough'))

  pass(34)
  await client.closed

  expect(client.received().match(/HTTP\/1\.1 /g)).toHaveLength(1)
})
