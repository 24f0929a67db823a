import { expect, test } from 'vitest'
import type { Part } from '#lib/contracts/contract.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { whole } from './body.ts'
import type { IncomingRequest } from './incoming.ts'
import { partsOf } from './parts.ts'

const LIMIT = 1_000_000
const file = (name: string, bytes: string): string =>
  `--b\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\ncontent-type: ` +
  `image/png\r\n\r\n${bytes}\r\n`
const field = (name: string, value: string): string =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const END = '--b--\r\n'

function incoming(
  chunks: AsyncIterable<Uint8Array>,
  headers: Record<string, string> = { 'content-type': 'multipart/form-data; boundary=b' },
): IncomingRequest {
  return {
    method: 'POST',
    path: '/api/upload',
    query: new URLSearchParams(),
    address: '127.0.0.1',
    header: (name) => headers[name] ?? null,
    headers: new Headers(headers),
    body: chunks,
    signal: new AbortController().signal,
  }
}

async function* sent(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

async function reported(parts: AsyncIterable<Part>): Promise<string[]> {
  const all: string[] = []
  for await (const part of parts)
    all.push(
      part.kind === 'field'
        ? `${part.name}=${part.value}`
        : `${part.name}:${part.filename}=${Buffer.from(await whole(part.bytes)).toString()}`,
    )
  return all
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: unknown) => (isDarkroomError(error) ? error.code : String(error)),
  )

test('parts arrive in order, however the body is chunked, with folders and non-ASCII letters in names', async () => {
  const body =
    field('labels', 'cat') +
    file('cats/ä 日本.png', 'meow') +
    field('labels', 'dog') +
    file('b.png', '') +
    file('c.png', 'x'.repeat(200_000)) +
    END
  const expected = [
    'labels=cat',
    'files:cats/ä 日本.png=meow',
    'labels=dog',
    'files:b.png=',
    `files:c.png=${'x'.repeat(200_000)}`,
  ]
  const bytes = Buffer.from(body)

  for (const size of [17, 1000, 65_536, bytes.length]) {
    async function* cut(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    expect(await reported(partsOf(incoming(cut()), LIMIT))).toEqual(expected)
  }
})

test('a part that is not read is skipped', async () => {
  const names: string[] = []

  for await (const part of partsOf(
    incoming(sent(file('a.png', 'x'.repeat(300_000)), file('b.png', 'y'), END)),
    LIMIT,
  )) {
    if (part.kind === 'file') names.push(part.filename)
  }

  expect(names).toEqual(['a.png', 'b.png'])
})

test('the client is throttled while a file is not read', async () => {
  let pulled = 0
  async function* many(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('--b\r\ncontent-disposition: form-data; name="files"; filename="big"\r\n\r\n')
    for (pulled = 0; pulled < 1000; pulled++) yield Buffer.alloc(64 * 1024)
    yield Buffer.from(`\r\n${END}`)
  }

  const parts = partsOf(incoming(many()), 100_000_000)
  const { value: part } = await parts.next()
  const bytes = (part as Extract<Part, { kind: 'file' }>).bytes[Symbol.asyncIterator]()
  await bytes.next()
  const early = pulled
  let size = 0
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) size += next.value.byteLength

  expect(early).toBeLessThan(20)
  expect(size).toBeGreaterThan(990 * 64 * 1024)
  expect((await parts.next()).done).toBe(true)
})

test.each<[string, readonly string[]]>([
  [
    'in the middle of a file',
    [file('a.png', 'abc'), '--b\r\ncontent-disposition: form-data; name="files"; filename="b"\r\n\r\nab'],
  ],
  ['between headers', [file('a.png', 'abc'), '--b\r\ncontent-dispo']],
  ['before anything', ['garbage']],
])('a form that ends %s is malformed', async (_where, chunks) => {
  expect(await codeOf(reported(partsOf(incoming(sent(...chunks)), LIMIT)))).toBe('malformed')
})

test('a client that disconnects in the middle of a file ends the reading as a closed connection', async () => {
  let isClosed = false
  async function* broken(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from(
        file('a.png', 'abc') + '--b\r\ncontent-disposition: form-data; name="files"; filename="b"\r\n\r\nab',
      )
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    } finally {
      isClosed = true
    }
  }

  expect(await codeOf(reported(partsOf(incoming(broken()), LIMIT)))).toBe('client_closed')
  expect(isClosed).toBe(true)
})

test('a handler that stops early releases the body', async () => {
  const { promise: letGo, resolve } = Promise.withResolvers<void>()
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from(file('a.png', 'abc'))
      for (;;) yield Buffer.from(file('b.png', 'x'.repeat(70_000)))
    } finally {
      resolve()
    }
  }

  for await (const part of partsOf(incoming(endless()), LIMIT)) {
    expect(part.name).toBe('files')
    break
  }

  await letGo
})

test('the whole body is counted, not each file', async () => {
  const body = Array.from({ length: 20 }, (_, i) => file(`${i}.png`, 'x'.repeat(60_000)))

  expect(await codeOf(reported(partsOf(incoming(sent(...body, END)), LIMIT)))).toBe('too_large')
})

test('a bare ZIP is one file; for other bodies the error names the expected types', async () => {
  expect(await reported(partsOf(incoming(sent('PK'), { 'content-type': 'application/zip' }), LIMIT))).toEqual(
    ['files:upload.zip=PK'],
  )
  expect(
    await codeOf(
      (async () =>
        reported(
          partsOf(incoming(sent('a=b'), { 'content-type': 'application/x-www-form-urlencoded' }), LIMIT),
        ))(),
    ),
  ).toBe('missing_file')
  expect(
    await codeOf(
      (async () => reported(partsOf(incoming(sent('x'), { 'content-type': 'video/mp4' }), LIMIT)))(),
    ),
  ).toBe('unsupported_media')
})
