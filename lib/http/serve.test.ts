import { expect, test } from 'vitest'
import { createClassifier, getClassifier } from '#lib/contracts/classifiers.ts'
import type { Output } from '#lib/contracts/contract.ts'
import { downloadModel } from '#lib/contracts/models.ts'
import { retrain } from '#lib/contracts/retrain.ts'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import { openProgram } from './program.fakes.ts'
import { alive, asAdmin, feedback, HOME, ID, json, problem } from './serve.fakes.ts'
import { refuseAllBut, refuseUnknown, serve } from './serve.ts'

test('a response is the contract’s JSON with a request id, and is not cached', async () => {
  openProgram()

  const response = await alive(new Request(`${HOME}/api/health/live`))

  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'alive', uptime_seconds: 1 })
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('path, query and body together are the input, and the path wins', async () => {
  openProgram()

  const response = await feedback(
    json(`/api/predictions/${ID}/feedback?label=pear`, { id: 'other', correct: true }, asAdmin),
  )

  expect(await response.json()).toEqual({ id: ID, correct: true, label: 'pear', sample_id: null })
})

test.each<[string, unknown, number, string, string | null]>([
  ['a wrong type names its field', { correct: 'yes' }, 422, 'invalid_input', 'correct'],
  ['a missing field is named', {}, 422, 'invalid_input', 'correct'],
  ['an empty body is an empty object', '', 422, 'invalid_input', 'correct'],
  [
    'control characters in a label are refused',
    { correct: false, label: 'a\u0000b' },
    422,
    'invalid_input',
    'label',
  ],
  [
    'a name of 10,000 letters is refused',
    { correct: false, label: 'a'.repeat(10_000) },
    422,
    'invalid_input',
    'label',
  ],
  ['a list instead of an object', [1], 422, 'invalid_input', ''],
  ['cut JSON', '{"correct": tr', 400, 'malformed', null],
  ['JSON deeper than 32', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`, 400, 'malformed', null],
  ['JSON larger than 1 MiB', { label: 'x'.repeat(1024 * 1024) }, 413, 'too_large', null],
])('%s', async (_story, body, status, code, field) => {
  openProgram()

  const response = await feedback(json(`/api/predictions/${ID}/feedback`, body, asAdmin))
  const result = await problem(response)

  expect([response.status, result['code']]).toEqual([status, code])
  if (field !== null) expect(result['errors']).toMatchObject([{ path: field }])
})

test('brackets inside strings do not count as nesting', async () => {
  openProgram()

  const response = await feedback(
    json(`/api/predictions/${ID}/feedback`, { correct: true, label: `\\"${'['.repeat(100)}` }, asAdmin),
  )

  expect(response.status).toBe(200)
})

test('NaN and absurd numbers in settings are refused with their field', async () => {
  openProgram()
  const route = serve(retrain, () => Promise.reject(new Error('is never reached')))

  for (const epochs of ['NaN', -1, 1e9, 1.5, null]) {
    const response = await route(json('/api/retrain', { epochs }, asAdmin))
    expect((await problem(response))['errors']).toMatchObject([{ path: 'epochs' }])
  }
})

test('an impossible id is not found, like one that does not exist', async () => {
  openProgram()

  const response = await serve(downloadModel, () => Promise.reject(new Error('is never reached')))(
    new Request(`${HOME}/api/models/..%2f..%2fetc/download`, { headers: asAdmin }),
  )

  expect([response.status, (await problem(response))['code']]).toEqual([404, 'not_found'])
})

test.each<[string, Record<string, string>, number, string | null]>([
  ['an anonymous client may not change anything', {}, 401, 'unauthenticated'],
  ['a user may not do an admin’s work', { authorization: 'Bearer user' }, 403, 'forbidden'],
  ['an admin key may', asAdmin, 201, null],
  [
    'an admin’s session may, from our own page',
    { cookie: 'session=admin', origin: HOME, host: 'darkroom.test' },
    201,
    null,
  ],
  [
    'an admin’s session may not, from another site',
    { cookie: 'session=admin', origin: 'https://evil.test', host: 'darkroom.test' },
    403,
    'foreign_origin',
  ],
  [
    'nor from a sandboxed frame',
    { cookie: 'session=admin', origin: 'null', host: 'darkroom.test' },
    403,
    'foreign_origin',
  ],
  ['nor without an Origin header', { cookie: 'session=admin', host: 'darkroom.test' }, 403, 'foreign_origin'],
  [
    'nor from a host that only starts like ours',
    { cookie: 'session=admin', origin: 'http://darkroom.test.evil', host: 'darkroom.test' },
    403,
    'foreign_origin',
  ],
  [
    'a forwarded host is not trusted',
    {
      cookie: 'session=admin',
      origin: 'http://evil.test',
      host: 'darkroom.test',
      'x-forwarded-host': 'evil.test',
    },
    403,
    'foreign_origin',
  ],
])('%s', async (_story, headers, status, code) => {
  openProgram()
  const route = serve(createClassifier, async () => ({}) as Output<typeof createClassifier>)

  const response = await route(json('/api/classifiers', { id: 'leaves' }, headers))

  expect(response.status).toBe(status)
  if (code !== null) expect((await problem(response))['code']).toBe(code)
  if (status === 401) expect(response.headers.get('www-authenticate')).toContain('Bearer')
})

const throwing = (error: unknown): Promise<Response> =>
  serve(getClassifier, () => Promise.reject(error))(new Request(`${HOME}/api/classifiers/leaves`))

test('a known error returns its status, its sentence and its members', async () => {
  openProgram()
  const busy = new DarkroomError(
    'already_running',
    { what: 'No training run was started', why: 'one is running', remedy: 'Wait for it.' },
    { members: { run: { id: ID } } },
  )

  const response = await throwing(busy)

  expect(response.status).toBe(409)
  expect(await problem(response)).toMatchObject({
    code: 'already_running',
    detail: 'No training run was started: one is running. Wait for it.',
    run: { id: ID },
    instance: '/api/classifiers/leaves',
  })
})

test.each<[ErrorCode, number | undefined, string]>([
  ['not_ready', undefined, '2'],
  ['overloaded', 0.2, '1'],
  ['rate_limited', 30, '30'],
])('%s returns the time to retry', async (code, retryAfterSeconds, header) => {
  openProgram()

  const response = await throwing(
    new DarkroomError(
      code,
      { what: 'a', why: 'b', remedy: 'c.' },
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    ),
  )

  expect(response.headers.get('retry-after')).toBe(header)
})

test('an internal error shows a request id and never a stack; the log has the stack once', async () => {
  const { logged } = openProgram()
  const bug = new Error('secret path /home/me')

  const response = await throwing(bug)
  const result = await problem(response)

  expect(response.status).toBe(500)
  expect(JSON.stringify(result)).not.toMatch(/secret|at .*\.ts/)
  expect(logged).toEqual([
    {
      level: 'error',
      message: '/api/classifiers/leaves failed',
      about: { error: bug, request_id: result['request_id'], method: 'GET' },
    },
  ])
})

test.each([
  ['the file system', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })],
  ['SQLite', Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })],
  ['Prisma around SQLite', new Error('Invalid create()', { cause: new Error('database or disk is full') })],
])('a full disk is 507, reported by %s', async (_source, error) => {
  openProgram()

  expect((await problem(await throwing(error)))['code']).toBe('disk_full')
})

test('an unsupported method is 405 with the supported ones; an unknown address is 404', async () => {
  openProgram()
  const { PUT } = refuseAllBut('GET', 'POST')

  const wrong = await PUT(new Request(`${HOME}/api/classifiers`, { method: 'PUT' }))
  const unknown = await refuseUnknown(new Request(`${HOME}/api/nothing`))

  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST'])
  expect((await problem(wrong))['code']).toBe('method_not_allowed')
  expect((await problem(unknown))['code']).toBe('not_found')
})

test('a file has a safe name, is not sniffed, and is revalidated by its tag only', async () => {
  openProgram()
  const route = serve(downloadModel, async () => ({
    bytes: new Uint8Array([1, 2, 3]),
    mediaType: 'application/zip',
    filename: 'mäh"\r\nx: y/../v1.zip',
    isImmutable: true,
  }))
  const send = (headers = {}): Promise<Response> =>
    route(
      new Request(`${HOME}/api/models/${ID}/download?format=tfjs`, { headers: { ...asAdmin, ...headers } }),
    )

  const response = await send()
  const etag = response.headers.get('etag')!

  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="m_h___x: y_.._v1.zip"; filename*=UTF-8''m%C3%A4h%22__x%3A%20y_.._v1.zip`,
  )
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await send({ 'if-none-match': etag })).status).toBe(304)
  expect((await send({ 'if-none-match': '"other"' })).status).toBe(200)
})

test('a file may be a stream', async () => {
  openProgram()
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([1])
    yield new Uint8Array([2, 3])
  }

  const response = await serve(downloadModel, async () => ({
    bytes: bytes(),
    mediaType: 'application/zip',
    filename: null,
    isImmutable: false,
  }))(new Request(`${HOME}/api/models/${ID}/download`, { headers: asAdmin }))

  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
  expect(response.headers.get('content-disposition')).toBe('inline')
})
