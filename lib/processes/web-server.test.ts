/** The listening side on a real socket: what no library would send. What the handlers behind it say is tested where they are. */
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createWebServer, type WebServerParts } from './web-server.ts'

/** A server that answers by its method, address and body. */
async function listening(parts: Partial<WebServerParts> = {}): Promise<number> {
  const server = createWebServer({
    open: Promise.resolve(),
    pages: Promise.resolve({
      handle: async (message, response) => {
        let body = ''
        for await (const chunk of message.iterator({ destroyOnReturn: false })) body += String(chunk)
        response.end(`${message.method} ${message.url} [${body}]`)
      },
    }),
    door: () => false,
    trustsProxy: false,
    isDevelopment: false,
    answered: () => {},
    failed: (error) => { throw error },
    ...parts,
  })
  onTestFinished(() => server.drain())
  return server.listen({ port: 0, host: '127.0.0.1' })
}

/** All that is said until the connection ends. What is sent later goes out as soon as something was answered, each in a packet of its own. */
function exchange(port: number, sent: string, ...later: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(sent))
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1')
      const next = later.shift()
      if (next !== undefined) socket.write(next)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(said))
  })
}

const H2C = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n'
const WEBSOCKET = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
const LAST = 'GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'

// Each waits for its answer, as clients that offer an upgrade do: Node 24 drops what was sent in one packet with the offer.
test.each<[string, string, string]>([
  ['HTTP/2 as curl --http2 offers it', `GET /x HTTP/1.1\r\nhost: a\r\n${H2C}\r\n`, 'GET /x []'],
  ['HTTP/2 with a body, as Java’s client offers it', `POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n${H2C}\r\nhello`, 'POST /x [hello]'],
  ['a websocket', `GET /x HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`, 'GET /x []'],
  ['a websocket with a chunked body', `POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n${WEBSOCKET}\r\n3\r\nabc\r\n0\r\n\r\n`, 'POST /x [abc]'],
  ['an unknown protocol', 'GET /x HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: foo/7\r\n\r\n', 'GET /x []'],
])('a request that offers %s is answered as any other, and the connection goes on', async (_story, sent, answer) => {
  const said = await exchange(await listening(), sent, LAST)

  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(said).toContain(answer)
  expect(said).toContain('GET /last []')
})

test('a body that comes behind such a head is read as ever', async () => {
  const port = await listening()

  const said = await exchange(port, `POST /x HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n${H2C}\r\n`, 'hello', LAST)

  expect(said).toContain('POST /x [hello]')
  expect(said).toContain('GET /last []')
})

test('while pages are written, Next gets its websocket, and nobody else one', async () => {
  let upgraded = 0
  const port = await listening({ isDevelopment: true, pages: Promise.resolve({
    handle: async (message, response) => {
      ;(message.socket as { server?: NodeJS.EventEmitter }).server!.on('upgrade', (_request, socket: NodeJS.WritableStream) => { upgraded += 1; socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n') }) // as Next does
      response.end('page')
    },
  }) })
  await exchange(port, LAST)

  expect(await exchange(port, `GET /_next/hmr HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`)).toMatch(/^HTTP\/1\.1 101/)
  expect(await exchange(port, `GET /x HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`, LAST)).toMatch(/^HTTP\/1\.1 200/)
  expect(upgraded).toBe(1)
})
