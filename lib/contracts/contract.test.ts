import { expect, test } from 'vitest'
import { z } from 'zod'
import { contracts } from './index.ts'

const fieldsOf = (input: z.ZodType): readonly string[] =>
  input instanceof z.ZodObject ? Object.keys(input.shape) : []

test('a route that pages send fields to reads them: POST and PATCH send them in the body', () => {
  const sending = contracts.filter(
    ({ method, path, input }) =>
      (method === 'POST' || method === 'PATCH') &&
      fieldsOf(input).some((name) => !path.includes(`{${name}}`)),
  )

  expect(sending.length).toBeGreaterThan(20)
  expect(
    sending.filter(({ body }) => body === 'none').map(({ method, path }) => `${method} ${path}`),
  ).toEqual([])
})
