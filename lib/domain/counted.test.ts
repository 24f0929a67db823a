import { expect, test } from 'vitest'
import { counted } from './counted.ts'

test.each([
  [0, '0 pictures'],
  [1, '1 picture'],
  [2, '2 pictures'],
  [1_234, '1,234 pictures'],
])('%i is said as %s', (count, words) => expect(counted(count, 'picture')).toBe(words))

test('a word that is not made with an s is told', () =>
  expect([counted(1, 'entry', 'entries'), counted(3, 'entry', 'entries')]).toEqual(['1 entry', '3 entries']))
