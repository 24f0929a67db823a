/** The listening side on a real socket: what no library would send. What the handlers behind it say is tested
 *  where they are. */
import { expect, onTestFinished, test } from 'vitest'
import { exchange } from './exchange.fakes.ts'
import { createGate } from './request-validation.ts'
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
    validate: createGate({ allowed: ['a'], machine: 'box', origin: null }),
    answerDirectly: () => false,
    refuseOverload: () => false,
    trustsProxy: false,
    isDevelopment: false,
    answered: () => {},
    failed: () => {}, // bodies that break off end their handler
    ...parts,
  })
  onTestFinished(() => server.drain())
  return server.listen({ port: 0, host: '127.0.0.1' })
}

const H2C = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n'
const WEBSOCKET =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ' +
  'dGhlIHNhbXBsZSBub25jZQ==\r\n'
const LAST = 'GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'

// Each waits for its answer, as clients that offer an upgrade do: Node 24 drops what was sent in one packet
// with the offer.
test.each<[string, string, string]>([
  ['HTTP/2 as curl --http2 offers it', `GET /x HTTP/1.1\r\nhost: a\r\n${H2C}\r\n`, 'GET /x []'],
  [
    'HTTP/2 with a body, as Java’s client offers it',
    `POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n${H2C}\r\nhello`,
    'POST /x [hello]',
  ],
  ['a websocket', `GET /x HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`, 'GET /x []'],
  [
    'a websocket with a chunked body',
    `POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n${WEBSOCKET}\r\n3\r\nabc\r\n0\r\n\r\n`,
    'POST /x [abc]',
  ],
  [
    'an unknown protocol',
    'GET /x HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: foo/7\r\n\r\n',
    'GET /x []',
  ],
])(
  'a request that offers %s is answered as any other, and the connection goes on',
  async (_story, sent, answer) => {
    const output = await exchange(await listening(), sent, LAST)

    expect(output.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(output).toContain(answer)
    expect(output).toContain('GET /last []')
  },
)

test('a body that comes behind such a head is read as ever', async () => {
  const port = await listening()

  const output = await exchange(
    port,
    `POST /x HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n${H2C}\r\n`,
    'hello',
    LAST,
  )

  expect(output).toContain('POST /x [hello]')
  expect(output).toContain('GET /last []')
})

const OK = 'GET /x HTTP/1.1\r\nhost: a\r\n'

test.each<[string, string, number, RegExp]>([
  ['two hosts', 'GET / HTTP/1.1\r\nhost: a\r\nhost: evil.example\r\n\r\n', 400, /"code":"malformed"/],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, /has no Host header/],
  ['a host that is none', 'GET / HTTP/1.1\r\nhost: a/b\r\n\r\n', 400, /not a valid host name/],
  ['an unknown host', 'GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n', 421, /ALLOWED_HOSTS=evil\.example/],
  [
    'an unknown host in its address',
    'GET http://evil.example/x HTTP/1.1\r\nhost: a\r\n\r\n',
    421,
    /"code":"misdirected"/,
  ],
  ['an address of another scheme', 'GET ftp://a/x HTTP/1.1\r\nhost: a\r\n\r\n', 400, /neither a path/],
  [
    'an unknown method',
    'BREW /x HTTP/1.1\r\nhost: a\r\n\r\n',
    501,
    /^allow: GET, HEAD, POST, PATCH, DELETE, OPTIONS\r$/m,
  ],
  ['a method of other servers', 'PROPFIND /x HTTP/1.1\r\nhost: a\r\n\r\n', 501, /PROPFIND is not supported/],
  ['a tunnel', 'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n', 405, /^allow: GET/m],
  ['an address of 9,000 characters', `GET /${'x'.repeat(9_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 414, /8,192/],
  [
    'an address of 90,000 characters',
    `GET /${'x'.repeat(90_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
    414,
    /"code":"uri_too_long"/,
  ],
  [
    'headers of 90,000 characters',
    `${OK}x-a: ${'x'.repeat(90_000)}\r\n\r\n`,
    431,
    /"code":"headers_too_large"/,
  ],
  ['250 headers', `${OK}${'x-a: b\r\n'.repeat(250)}\r\n`, 431, /there are 251/],
  [
    'a length and chunks',
    'POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    /"code":"malformed"/,
  ],
  [
    'two lengths',
    'POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
    400,
    /"code":"malformed"/,
  ],
  [
    'a coding that is not chunked',
    'POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    501,
    /gzip/,
  ],
  [
    'a chunk of no length',
    'POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    400,
    /"code":"malformed"/,
  ],
  ['a line end in a header', `${OK}x-a: b\rc\r\n\r\n`, 400, /"code":"malformed"/],
  ['an expectation of its own', `${OK}expect: a-miracle\r\n\r\n`, 417, /a-miracle/],
  ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 400, /"code":"malformed"/],
])(
  '%s: refused in the form of all refusals, with every security header',
  async (_story, sent, status, says) => {
    const output = await exchange(await listening(), `${sent}${LAST}`)

    expect(output.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect(output).toMatch(says)
    expect(output).toMatch(/^content-type: application\/problem\+json\r$/m)
    for (const header of [
      'x-content-type-options: nosniff',
      'x-frame-options: DENY',
      'referrer-policy: same-origin',
      'x-request-id: ',
    ])
      expect(output).toContain(header)
  },
)

test.each<[string, string, string]>([
  ['HTTP/1.0 without a host', 'GET /x HTTP/1.0\r\n\r\n', 'GET /x []'],
  [
    'an address with a host of ours',
    'GET http://localhost:80/x?y HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n',
    'GET /x?y []',
  ],
  [
    'a question about the server itself',
    'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'allow: GET, HEAD, POST, PATCH, DELETE, OPTIONS',
  ],
  [
    'a host that a client says was forwarded',
    `${OK}x-forwarded-host: evil.example\r\nconnection: close\r\n\r\n`,
    'GET /x []',
  ],
])('%s is answered', async (_story, sent, answer) => {
  const output = await exchange(await listening(), sent)

  expect(output).toMatch(/^HTTP\/1\.1 20[04]/)
  expect(output).toContain(answer)
})

test('a forwarded host counts where a proxy is trusted', async () => {
  const port = await listening({ trustsProxy: true })

  expect(await exchange(port, `${OK}x-forwarded-host: evil.example\r\n\r\n${LAST}`)).toMatch(
    /^HTTP\/1\.1 421/,
  )
  expect(
    await exchange(port, `${OK}x-forwarded-host: localhost\r\nx-forwarded-proto: https\r\n\r\n`, LAST),
  ).toMatch(/strict-transport-security: max-age=\d+/)
})

test('what is refused by its headers is not sent, and what is read is requested', async () => {
  const refusing = await listening({
    refuseOverload: () => false,
    answerDirectly: (message, response) => {
      if (message.url === '/no') response.writeHead(401).end('no')
      return message.url === '/no'
    },
  })
  const post = (path: string) =>
    `POST ${path} HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n`

  const refused = await exchange(refusing, post('/no'))
  const taken = await exchange(refusing, post('/x'), 'hello', LAST)

  expect(refused).toMatch(/^HTTP\/1\.1 401/)
  expect(refused).toMatch(/connection: close/i)
  expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/)
  expect(taken).toContain('POST /x [hello]')
})

test('while pages are written, Next gets its websocket, and no other client one', async () => {
  let upgraded = 0
  const port = await listening({
    isDevelopment: true,
    pages: Promise.resolve({
      handle: async (message, response) => {
        ;(message.socket as { server?: NodeJS.EventEmitter }).server!.on(
          'upgrade',
          (_request, socket: NodeJS.WritableStream) => {
            upgraded += 1
            socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
          },
        ) // as Next does
        response.end('page')
      },
    }),
  })
  await exchange(port, LAST)

  expect(await exchange(port, `GET /_next/hmr HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`)).toMatch(
    /^HTTP\/1\.1 101/,
  )
  expect(await exchange(port, `GET /x HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`, LAST)).toMatch(
    /^HTTP\/1\.1 200/,
  )
  expect(upgraded).toBe(1)
})
