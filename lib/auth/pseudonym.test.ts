import { expect, test } from 'vitest'
import { pseudonymFor } from './pseudonym.ts'

test('one place has one pseudonym, which cannot be computed without the secret', () => {
  const pseudonymOf = pseudonymFor('a secret')

  expect(pseudonymOf('192.0.2.7')).toMatch(/^[\w-]{22}$/)
  expect(pseudonymOf('::ffff:192.0.2.7')).toBe(pseudonymOf('192.0.2.7'))
  expect(pseudonymOf('2001:db8::1')).toBe(pseudonymOf('2001:db8::ffff'))
  expect(pseudonymOf('192.0.2.8')).not.toBe(pseudonymOf('192.0.2.7'))
  expect(pseudonymFor('another')('192.0.2.7')).not.toBe(pseudonymOf('192.0.2.7'))
})
