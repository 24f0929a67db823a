import { expect, test } from 'vitest'
import { correctionsText } from './corrected-images.ts'

test.each([
  [1, 1, 'The new version now predicts your corrected image correctly.'],
  [0, 1, 'The new version still predicts your corrected image incorrectly.'],
  [2, 2, 'The new version predicts both of your corrected images correctly.'],
  [5, 5, 'The new version predicts all of your 5 corrected images correctly.'],
  [3, 5, 'The new version predicts 3 of your 5 corrected images correctly.'],
  [0, 4, 'The new version predicts 0 of your 4 corrected images correctly.'],
])('%i of %i corrected images right: %s', (right, corrections, text) =>
  expect(correctionsText(right, corrections)).toBe(text),
)
