import { expect, test } from 'vitest'
import { correctionsText } from './corrected-images.ts'

test.each([
  [1, 1, 'Your correction: it is now right.'],
  [0, 1, 'Your correction: it is not yet right.'],
  [2, 2, 'Your 2 corrections: both are now right.'],
  [5, 5, 'Your 5 corrections: all are now right.'],
  [3, 5, 'Your 5 corrections: 3 are now right.'],
  [0, 4, 'Your 4 corrections: none is right yet.'],
])('%i of %i corrected images right: %s', (right, corrections, text) =>
  expect(correctionsText(right, corrections)).toBe(text),
)
