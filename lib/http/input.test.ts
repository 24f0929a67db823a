import { expect, test } from 'vitest'
import { z } from 'zod'
import { contracts } from '#lib/contracts/index.ts'
import { contract, type Contract } from '#lib/contracts/contract.ts'
import { retrain } from '#lib/contracts/retrain.ts'
import { fromRequest } from './incoming.ts'
import { inputOf } from './input.ts'

const LIMITS = { maxImageBytes: 1000, maxUploadBytes: 1000 }
const read = async (one: Contract, query: string, body?: unknown): Promise<unknown> =>
  inputOf(
    one,
    fromRequest(
      new Request(`http://darkroom.test${one.path}${query}`, {
        method: one.method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      }),
    ),
    LIMITS,
  )
const made = contract({
  method: 'POST',
  path: '/api/made',
  scope: 'open',
  summary: '',
  body: 'json',
  output: z.object({}),
  input: z.object({
    count: z.number().int().max(500),
    share: z.number().optional(),
    isWanted: z.boolean().optional(),
    title: z.string().optional(),
  }),
})

test('in a query, digits are read as a number, and yes and no as booleans', async () => {
  expect(await read(retrain, '?epochs=1', {})).toMatchObject({ epochs: 1 })
  expect(await read(made, '?count=12&share=-1.5e-1&isWanted=true&title=12')).toEqual({
    count: 12,
    share: -0.15,
    isWanted: true,
    title: '12',
  })
  expect(await read(made, '?count=+7&isWanted=No')).toEqual({ count: 7, isWanted: false })
})

test.each(['', 'x', '0x10', '1,5', '1 2', 'NaN', 'Infinity', '1e999', '1.5', '501'])(
  'a count of "%s" is refused, and the error names the field',
  async (count) => {
    await expect(read(made, `?count=${encodeURIComponent(count)}`)).rejects.toMatchObject({
      code: 'invalid_input',
      extras: { errors: [{ path: 'count' }] },
    })
  },
)

test('in JSON a string stays a string: only query values are converted to numbers', async () => {
  await expect(read(made, '', { count: '12' })).rejects.toMatchObject({
    extras: { errors: [{ path: 'count' }] },
  })
  await expect(read(made, '?count=12', { count: '12' })).rejects.toMatchObject({
    extras: { errors: [{ path: 'count' }] },
  })
  expect(await read(made, '?count=12', { title: 'a' })).toMatchObject({ count: 12, title: 'a' })
})

/** Every number and every boolean of every contract that takes no files. */
const FIELDS = (contracts as readonly Contract[]).flatMap((one) =>
  one.input instanceof z.ZodObject && (one.body === 'json' || one.body === 'none')
    ? Object.entries(one.input.shape as Record<string, z.ZodType>)
        .filter(([, field]) => [3, 1, true].some((value) => field.safeParse(value).success))
        .map(([name, field]) => [`${one.method} ${one.path} ?${name}=`, one, name, field] as const)
    : [],
)

test('contracts with such fields exist', () => {
  expect(FIELDS.length).toBeGreaterThan(10)
})
test.each(FIELDS)('%s accepts it in the query', async (_story, one, name, field) => {
  const text = String([3, 1, true].find((value) => field.safeParse(value).success))

  const refused = await read(one, `?${name}=${text}`, one.body === 'json' ? {} : undefined).then(
    () => [],
    (error: { extras: { errors?: { path: string }[] } }) => error.extras.errors ?? [],
  )

  expect(refused.filter(({ path }) => path === name)).toEqual([])
})

test.each<[string, string]>([
  ['names', `{${Array.from({ length: 1_001 }, (_, i) => `"n${i}":1`).join()}}`],
  ['values', `{"title":[${'1,'.repeat(500_001)}1]}`],
  ['arrays and objects', `{"title":[${'[],'.repeat(10_001)}1]}`],
])('JSON with more %s than any route accepts is refused before it is parsed', async (what, body) => {
  const request = new Request('http://darkroom.test/api/made', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await expect(inputOf(made, fromRequest(request), LIMITS)).rejects.toMatchObject({
    code: 'malformed',
    why: expect.stringContaining(what) as string,
  })
})

test('of many unknown names only the first are reported', async () => {
  const sent = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`n${i}`, 1]))
  const error = await read(made, '?count=1', sent).catch((refusal: unknown) => refusal)
  expect((error as { extras: { errors: unknown[] } }).extras.errors).toHaveLength(20)
})
