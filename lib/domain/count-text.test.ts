import { expect, test } from 'vitest'
import { counted } from './count-text.ts'

test.each([
  [0, '0 images'],
  [1, '1 image'],
  [2, '2 images'],
  [1_234, '1,234 images'],
])('%i is written as %s', (count, words) => expect(counted(count, 'image')).toBe(words))

test('an irregular plural is given by the caller', () =>
  expect([counted(1, 'entry', 'entries'), counted(3, 'entry', 'entries')]).toEqual(['1 entry', '3 entries']))
