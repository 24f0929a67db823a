import { expect, test } from 'vitest'
import { uptimeWords } from './uptime.ts'

test.each([
  [0, '0s'],
  [59.9, '59s'],
  [60, '1m 0s'],
  [3_600, '1h 0m 0s'],
  [2 * 86_400 + 5 * 3_600 + 23 * 60 + 15, '2d 5h 23m 15s'],
  [86_400, '1d 0h 0m 0s'],
])('%d seconds are %s', (seconds, words) => expect(uptimeWords(seconds)).toBe(words))
