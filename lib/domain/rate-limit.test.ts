import { expect, test } from 'vitest'
import { allowanceOf, waitWords, windowWords } from './rate-limit.ts'

test.each<[string, number, number]>([
  ['30', 30, 60],
  ['30/minute', 30, 60],
  ['5/hour', 5, 3_600],
  ['100/day', 100, 86_400],
  [' 5 / HOUR ', 5, 3_600],
  ['5 per hour', 5, 3_600],
  ['1000000/day', 1_000_000, 86_400],
])('%s', (text, points, windowSeconds) => expect(allowanceOf(text)).toEqual({ points, windowSeconds }))

test.each([
  '',
  '0',
  '-1',
  '1.5',
  '1e3',
  '5/',
  '5/week',
  '5/hours',
  '/hour',
  '5/hour/day',
  'many',
  '1000001',
  '5 hour',
])('"%s" is none', (text) => expect(allowanceOf(text)).toBeNull())

test('a window and a wait are written in words', () => {
  expect([60, 3_600, 86_400].map(windowWords)).toEqual(['a minute', 'an hour', 'a day'])
  expect([1, 40, 119, 120, 3_601, 7_199, 7_200, 80_000].map(waitWords)).toEqual([
    '1 second',
    '40 seconds',
    '119 seconds',
    '2 minutes',
    '61 minutes',
    '120 minutes',
    '2 hours',
    '23 hours',
  ])
})

test('a part of an hour is an hour: 18,001 seconds are six, 18,000 five', () => {
  expect([waitWords(18_000), waitWords(18_001)]).toEqual(['5 hours', '6 hours'])
})
