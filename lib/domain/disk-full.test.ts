import { expect, test } from 'vitest'
import { isDiskFull } from './disk-full.ts'
import { DarkroomError } from './errors.ts'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })

test.each<[string, unknown]>([
  ['the file system', coded('ENOSPC')],
  ['a quota', coded('EDQUOT')],
  ['SQLite by its number', Object.assign(new Error('x'), { errcode: 13 })],
  ['SQLite in words, through a driver', new Error('query failed: database or disk is full')],
  ['our own error', new DarkroomError('disk_full', { what: 'a', why: 'b', remedy: 'c' })],
  [
    'an error that another one wraps',
    new Error('outer', { cause: new Error('middle', { cause: coded('ENOSPC') }) }),
  ],
])('a full disk is recognised when reported by %s', (_, error) => expect(isDiskFull(error)).toBe(true))

test.each<[string, unknown]>([
  ['a missing file', coded('ENOENT')],
  ['no permission', coded('EACCES')],
  ['a database that is locked', Object.assign(new Error('database is locked'), { errcode: 5 })],
  ['a value that is not an error', 'ENOSPC'],
])('%s is not a full disk', (_, error) => expect(isDiskFull(error)).toBe(false))

test('the cause is recognised behind four other errors, but not deeper', () => {
  const behind = (wrappers: number): unknown =>
    Array.from({ length: wrappers }).reduce((cause) => new Error('outer', { cause }), coded('ENOSPC'))

  expect(isDiskFull(behind(4))).toBe(true)
  expect(isDiskFull(behind(5))).toBe(false)
})
