import { expect, test } from 'vitest'
import type { Contract } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { EXAMPLES } from './curl-examples.ts'
import { reference } from './reference.ts'

const ORIGIN = 'http://darkroom.test'
const ID = '0193b3f0-0000-7000-8000-000000000001'
const all: readonly Contract[] = contracts
const operations = reference(ORIGIN).flatMap((group) => group.operations)
const operation = (method: string, path: string) =>
  operations.find((one) => one.method === method && one.path === path)!
const exampleOf = ({ method, path }: Contract) => EXAMPLES[`${method} ${path}` as keyof typeof EXAMPLES] ?? {}

test('every route is in the reference, once, with an address of its own', () => {
  expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
    all.map(({ method, path }) => `${method} ${path}`).toSorted(),
  )
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
})

test('every group of the reference has a title of its own, not the first word of its paths', () => {
  const titles = reference(ORIGIN).map(({ title }) => title)

  expect(titles.filter((title) => !/^[A-Z]/.test(title))).toEqual([])
})

test.each(
  all
    .filter(({ body }) => body !== 'image' && body !== 'parts')
    .map((c) => [`${c.method} ${c.path}`, c] as const),
)('the contract accepts the example of %s', (_, c) => {
  const { query = {}, json = {}, id = ID } = exampleOf(c)
  const values = { ...query, ...json, ...(c.path.includes('{id}') && { id }) }
  const filled = JSON.parse(
    JSON.stringify(values).replaceAll(/\$[A-Z_]+/g, 'correct horse battery'),
  ) as unknown

  expect(c.input.safeParse(filled).error?.issues ?? []).toEqual([])
})

test('the curl lines pass key, body and file as curl expects them', () => {
  expect(operation('POST', '/api/predict').curl).toBe(
    `curl "${ORIGIN}/api/predict?classifier=shapes&top_k=3" \\\n  -F file=@image.png`,
  )
  expect(operation('DELETE', '/api/keys/{id}').curl).toBe(
    `curl -X DELETE "${ORIGIN}/api/keys/$ID" \\\n  -H "Authorization: Bearer $DARKROOM_KEY"`,
  )
  expect(operation('POST', '/api/setup').curl).toContain(`-d "{\\"token\\":\\"$SETUP_TOKEN\\"`)
  expect(operation('PATCH', '/api/samples/{id}').curl).toContain(`-d '{"is_excluded":true}'`)
})

test('nested fields are listed with their full path, type, bounds and description', () => {
  const { parameters, answer } = operation('POST', '/api/predict')

  expect(parameters.find(({ name }) => name === 'top_k')).toEqual({
    place: 'query',
    name: 'top_k',
    type: 'integer',
    isRequired: false,
    about: '1 to 1000, default 5',
  })
  expect(parameters.find(({ name }) => name === 'explain')?.about).toMatch(
    /an occlusion heat map.*counts towards the “batch” rate limit/,
  )
  expect(answer.fields.find(({ name }) => name === 'explanation.drops')).toMatchObject({
    type: 'list of list of number',
    isRequired: true,
    about: expect.stringContaining('calibrated probability'),
  })
  expect(answer.fields.find(({ name }) => name === 'top_k[].class')?.type).toBe('text')
  expect(answer.fields.find(({ name }) => name === 'probabilities')?.type).toBe('number by name')
  expect(answer.fields.find(({ name }) => name === 'id')).toMatchObject({
    type: 'id or null',
    about: 'null if it was not saved',
  })
  expect(answer.fields.find(({ name }) => name === 'decision')?.type).toBe(
    '"confident" or "uncertain" or "unfamiliar" or null',
  )
})

test('refusals are listed by status with their codes', () => {
  const { errors } = operation('POST', '/api/predict')

  expect(errors.find(({ status }) => status === 415)?.codes).toContain('not_an_image')
})
