import { expect, test } from 'vitest'
import { promoteModel } from './models.ts'

test('the reason for promoting a worse version has at least three characters, spaces around it not counted', () => {
  const id = '0199e4c2-0000-7000-8000-000000000001'
  const accepts = (reason: string): boolean => promoteModel.input.safeParse({ id, reason }).success

  expect(accepts('new')).toBe(true)
  expect(accepts('ok')).toBe(false)
  expect(accepts(' ok ')).toBe(false)
})
