import { expect, test } from 'vitest'
import { megabytes } from './size-text.ts'

test.each([
  [512 * 1024 ** 2, '512 MB'],
  [1.54 * 1024 ** 2, '1.5 MB'],
  [9.9 * 1024 ** 2, '9.9 MB'],
  [10.4 * 1024 ** 2, '10 MB'],
  [2048 * 1024 ** 2, '2,048 MB'],
  [0, '0 MB'],
])('%d bytes are %s', (bytes, text) => expect(megabytes(bytes)).toBe(text))
