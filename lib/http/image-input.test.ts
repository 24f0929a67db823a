import { expect, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { openProgram } from './program.fakes.ts'
import { serve } from './serve.ts'

const ADDRESS = 'http://darkroom.test/api/predict'
const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 256)

/** Returns what arrived. */
const route = serve(
  predictOne,
  async ({ image, ...rest }) =>
    ({
      bytes: Buffer.from(image.bytes).toString('hex'),
      filename: image.filename,
      ...rest,
    }) as unknown as Output<typeof predictOne>,
)
const send = async (
  body: BodyInit | null,
  headers: Record<string, string> = {},
  query = '',
): Promise<{ status: number; received: Record<string, unknown> }> => {
  openProgram()
  const response = await route(new Request(ADDRESS + query, { method: 'POST', body, headers }))
  return { status: response.status, received: (await response.json()) as Record<string, unknown> }
}

function form(
  ...parts: readonly (readonly [name: string, value: string | Blob, filename?: string])[]
): FormData {
  const made = new FormData()
  for (const [name, value, filename] of parts) {
    if (typeof value === 'string') made.append(name, value)
    else made.append(name, value, filename ?? 'blob')
  }
  return made
}

const HEX = Buffer.from(BYTES).toString('hex')
const BASE64 = Buffer.from(BYTES).toString('base64')
const IMAGE = new Blob([BYTES], { type: 'image/png' })

test.each<[string, BodyInit, Record<string, string>, string | null]>([
  ['a form’s file', form(['file', IMAGE, 'täst 日本.png']), {}, 'täst 日本.png'],
  ['a form’s image', form(['image', IMAGE, 'a.png']), {}, 'a.png'],
  ['the last step of a path', form(['file', IMAGE, 'C:\\fakepath\\a.png']), {}, 'a.png'],
  ['bare bytes', BYTES, { 'content-type': 'image/png' }, null],
  ['bare bytes of any declared type', BYTES, { 'content-type': 'application/pdf' }, null],
  [
    'a data URL',
    JSON.stringify({ url: `data:image/png;base64,${BASE64}` }),
    { 'content-type': 'application/json' },
    null,
  ],
  [
    'a data URL without padding',
    JSON.stringify({ url: `data:image/png;base64,${BASE64.replace(/=+$/, '')}` }),
    { 'content-type': 'application/json; charset=utf-8' },
    null,
  ],
])('an image arrives as %s', async (_story, body, headers, filename) => {
  const { status, received } = await send(body, headers)

  expect(received).toMatchObject({ bytes: HEX, filename, top_k: 5, save: true, explain: false })
  expect(status).toBe(200)
})

test('fields can be sent by query, by form or by JSON', async () => {
  const byQuery = await send(
    BYTES,
    { 'content-type': 'image/png' },
    '?classifier=leaves&top_k=3&save=false&explain=true',
  )
  const byForm = await send(
    form(['classifier', 'leaves'], ['top_k', '3'], ['save', 'false'], ['explain', '1'], ['file', IMAGE]),
  )
  const byJson = await send(
    JSON.stringify({
      url: `data:;base64,${BASE64}`,
      classifier: 'leaves',
      top_k: 3,
      save: 'false',
      explain: 'yes',
    }),
    { 'content-type': 'application/json' },
  )
  const byTrueJson = await send(
    JSON.stringify({
      url: `data:;base64,${BASE64}`,
      classifier: 'leaves',
      top_k: 3,
      save: false,
      explain: true,
    }),
    { 'content-type': 'application/json' },
  )

  for (const { received } of [byQuery, byForm, byJson, byTrueJson])
    expect(received).toMatchObject({ classifier: 'leaves', top_k: 3, save: false, explain: true })
})

test.each<[string, BodyInit | null, Record<string, string>, number, string, RegExp]>([
  ['no body and no query', null, {}, 400, 'missing_file', /`file`/],
  ['an empty body', new Uint8Array(), { 'content-type': 'image/png' }, 400, 'missing_file', /empty/],
  ['an empty file', form(['file', new Blob([])]), {}, 400, 'missing_file', /the file is empty/],
  ['text instead of a file', form(['file', 'hello']), {}, 400, 'missing_file', /"file" is text/],
  ['a file in another field', form(['picture', IMAGE]), {}, 400, 'missing_file', /in the field "picture"/],
  ['a form of text', new URLSearchParams({ file: 'x' }), {}, 400, 'missing_file', /text fields only/],
  [
    'a form without a boundary',
    'x',
    { 'content-type': 'multipart/form-data' },
    400,
    'malformed',
    /boundary is missing/,
  ],
  [
    'a truncated form',
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    { 'content-type': 'multipart/form-data; boundary=b' },
    400,
    'malformed',
    /incomplete/,
  ],
  ['JSON without a url', '{}', { 'content-type': 'application/json' }, 400, 'missing_file', /no "url"/],
  [
    'a url that is not data',
    '{"url":"http://169.254.169.254/"}',
    { 'content-type': 'application/json' },
    422,
    'invalid_input',
    /never fetched/,
  ],
  [
    'a damaged data URL',
    '{"url":"data:image/png;base64,@@@@"}',
    { 'content-type': 'application/json' },
    400,
    'malformed',
    /damaged/,
  ],
  ['too many bytes', new Uint8Array(100_001), { 'content-type': 'image/png' }, 413, 'too_large', /0.1 MB/],
  [
    'too many bytes in a form',
    form(['file', new Blob([new Uint8Array(100_001)])]),
    {},
    413,
    'too_large',
    /the limit is/,
  ],
  [
    'too many bytes in a data URL',
    JSON.stringify({ url: `data:;base64,${Buffer.alloc(100_001).toString('base64')}` }),
    { 'content-type': 'application/json' },
    413,
    'too_large',
    /the limit is/,
  ],
  [
    'an invalid explain value',
    form(['file', IMAGE], ['explain', 'maybe']),
    {},
    422,
    'invalid_input',
    /"explain" must be true or false/,
  ],
  ['an impossible top_k', form(['file', IMAGE], ['top_k', 'Infinity']), {}, 422, 'invalid_input', /top_k/],
])('refused: %s', async (_story, body, headers, status, code, words) => {
  const answer = await send(body, headers)

  expect([answer.status, answer.received['code']]).toEqual([status, code])
  expect(answer.received['detail']).toMatch(words)
})

/** Sends a body without an end; `pulled`: the chunks of it that were read. */
async function sendEndless(chunkBytes: number, headers: Readonly<Record<string, string>>) {
  let pulled = 0
  const body = new ReadableStream(
    { pull: (c) => c.enqueue(new Uint8Array(((pulled += 1), chunkBytes))) },
    { highWaterMark: 0 },
  )
  const response = await route(
    new Request(ADDRESS, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'image/png', ...headers },
    } as RequestInit),
  )
  return { response, pulled }
}

test('a body that declares too large a size is refused before a byte of it is read', async () => {
  openProgram()
  const { response, pulled } = await sendEndless(1_000, { 'content-length': '999999' })

  expect([response.status, response.headers.get('connection'), pulled]).toEqual([413, 'close', 0])
})

test('a body without a declared size is counted, and reading stops at the limit', async () => {
  openProgram()
  const { response, pulled } = await sendEndless(10_000, {})

  expect([response.status, pulled]).toEqual([413, 11])
})
