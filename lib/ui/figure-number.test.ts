import { expect, test } from 'vitest'
import { numberText } from './figure-number.tsx'

test('one is counted as one', () =>
  expect([
    numberText({ count: 1, unit: 'image' }),
    numberText({ count: 2, unit: 'image' }),
    numberText({ count: 2 }),
  ]).toEqual(['1 image', '2 images', '2']))

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 kB'],
  [20 * 1024 ** 2, '20 MB'],
  [2048 * 1024 ** 2, '2 GB'],
  [3_407_872, '3.3 MB'],
  [849_066 * 4, '3.2 MB'],
  [500 * 1024 ** 2 + 1, '500 MB'],
])('%i bytes read as %s', (bytes, text) => expect(numberText({ bytes })).toBe(text))
