import { expect, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { openProgram } from './program.fakes.ts'
import { serve } from './serve.ts'

const ADDRESS = 'http://darkroom.test/api/predict'
const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 256)

/** Answers what arrived. */
const route = serve(
  predictOne,
  async ({ picture, ...rest }) =>
    ({
      bytes: Buffer.from(picture.bytes).toString('hex'),
      filename: picture.filename,
      ...rest,
    }) as unknown as Output<typeof predictOne>,
)
const ask = async (
  body: BodyInit | null,
  headers: Record<string, string> = {},
  query = '',
): Promise<{ status: number; said: Record<string, unknown> }> => {
  openProgram()
  const response = await route(new Request(ADDRESS + query, { method: 'POST', body, headers }))
  return { status: response.status, said: (await response.json()) as Record<string, unknown> }
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
const PICTURE = new Blob([BYTES], { type: 'image/png' })

test.each<[string, BodyInit, Record<string, string>, string | null]>([
  ['a form’s file', form(['file', PICTURE, 'täst 日本.png']), {}, 'täst 日本.png'],
  ['a form’s image', form(['image', PICTURE, 'a.png']), {}, 'a.png'],
  ['the last step of a path', form(['file', PICTURE, 'C:\\fakepath\\a.png']), {}, 'a.png'],
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
])('a picture arrives as %s', async (_story, body, headers, filename) => {
  const { status, said } = await ask(body, headers)

  expect(said).toMatchObject({ bytes: HEX, filename, top_k: 5, save: true, explain: false })
  expect(status).toBe(200)
})

test('fields come by query, by form or by JSON', async () => {
  const byQuery = await ask(
    BYTES,
    { 'content-type': 'image/png' },
    '?classifier=leaves&top_k=3&save=false&explain=true',
  )
  const byForm = await ask(
    form(['classifier', 'leaves'], ['top_k', '3'], ['save', 'false'], ['explain', '1'], ['file', PICTURE]),
  )
  const byJson = await ask(
    JSON.stringify({
      url: `data:;base64,${BASE64}`,
      classifier: 'leaves',
      top_k: 3,
      save: 'false',
      explain: 'yes',
    }),
    { 'content-type': 'application/json' },
  )
  const byTrueJson = await ask(
    JSON.stringify({
      url: `data:;base64,${BASE64}`,
      classifier: 'leaves',
      top_k: 3,
      save: false,
      explain: true,
    }),
    { 'content-type': 'application/json' },
  )

  for (const { said } of [byQuery, byForm, byJson, byTrueJson])
    expect(said).toMatchObject({ classifier: 'leaves', top_k: 3, save: false, explain: true })
})

test.each<[string, BodyInit | null, Record<string, string>, number, string, RegExp]>([
  ['nothing at all', null, {}, 400, 'missing_file', /`file`/],
  ['an empty body', new Uint8Array(), { 'content-type': 'image/png' }, 400, 'missing_file', /empty/],
  ['an empty file', form(['file', new Blob([])]), {}, 400, 'missing_file', /the file is empty/],
  ['text instead of a file', form(['file', 'hello']), {}, 400, 'missing_file', /"file" is text/],
  ['a file in another field', form(['picture', PICTURE]), {}, 400, 'missing_file', /in the field "picture"/],
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
    'a form that ends incomplete',
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
    'a damaged data-URL',
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
    'an explanation neither wanted nor not',
    form(['file', PICTURE], ['explain', 'maybe']),
    {},
    422,
    'invalid_input',
    /"explain" must be true or false/,
  ],
  ['an impossible top_k', form(['file', PICTURE], ['top_k', 'Infinity']), {}, 422, 'invalid_input', /top_k/],
])('refused: %s', async (_story, body, headers, status, code, words) => {
  const answer = await ask(body, headers)

  expect([answer.status, answer.said['code']]).toEqual([status, code])
  expect(answer.said['detail']).toMatch(words)
})

test('a body that says it is too large is refused before a byte of it is read', async () => {
  openProgram()
  let pulled = 0
  const body = new ReadableStream(
    { pull: (c) => c.enqueue(new Uint8Array(((pulled += 1), 1000))) },
    { highWaterMark: 0 },
  )

  const response = await route(
    new Request(ADDRESS, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'image/png', 'content-length': '999999' },
    } as RequestInit),
  )

  expect([response.status, response.headers.get('connection'), pulled]).toEqual([413, 'close', 0])
})

test('a body that never says its size is counted, and left at the limit', async () => {
  openProgram()
  let pulled = 0
  const body = new ReadableStream(
    { pull: (c) => c.enqueue(new Uint8Array(((pulled += 1), 10_000))) },
    { highWaterMark: 0 },
  )

  const response = await route(
    new Request(ADDRESS, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'image/png' },
    } as RequestInit),
  )

  expect([response.status, pulled]).toEqual([413, 11])
})
