import { expect, test } from 'vitest'
import { lineThrough } from './gauge.tsx'

test.each([
  ['one look', [3]],
  ['nothing known yet', [null, null, null]],
])('%s makes no line', (_story, points) => expect(lineThrough(points, undefined)).toBeNull())

test('a line stays where it was while nothing is known, and its top is the most there was', () => {
  expect(lineThrough([2, null, 4], undefined)).toBe('M0.00 15.50 L50.00 15.50 L100.00 1.00')
})
