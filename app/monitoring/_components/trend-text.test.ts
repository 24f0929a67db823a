import { expect, test } from 'vitest'
import { trendText } from './trend-text.ts'

const days = (...counts: readonly number[]) => counts.map((count) => ({ count }))

test.each([
  [days(0, 0, 0, 0), 'No predictions in the last 4 days.'],
  [days(0, 0, 0, 1), '1 prediction in the last 2 days, none in the 2 days before.'],
  [days(2, 2, 3, 3), '6 predictions in the last 2 days, 50 % more than in the 2 days before (4).'],
  [days(3, 3, 0, 3), '3 predictions in the last 2 days, 50 % fewer than in the 2 days before (6).'],
  [days(3, 3, 3, 3), '6 predictions in the last 2 days, about the same as in the 2 days before (6).'],
])('%j reads as: %s', (counts, text) => expect(trendText(counts)).toBe(text))
