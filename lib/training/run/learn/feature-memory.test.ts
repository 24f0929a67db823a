import { expect, test } from 'vitest'
import { viewsWithin, type FeatureProblem } from './feature-memory.ts'

const problem: FeatureProblem = {
  images: 20_000,
  length: 8_192,
  views: ['plain', 'mirrored', 'zoomed'],
  isByFolds: false,
}

test.each<[string, number, Partial<FeatureProblem>, number]>([
  ['few images keep all views within the smallest limit', 216, { images: 500, length: 1_600 }, 3],
  // 20,000 × 8,192 × 4 bytes × 3.9 copies = 2,438 MB for each view
  ['20,000 images with 8,192 features keep one', 4_096, {}, 1],
  ['two where the limit allows it', 5_000, {}, 2],
  ['all where there is memory', 8_000, {}, 3],
])('%s', (_story, memoryMb, change, count) => {
  expect(viewsWithin(memoryMb, { ...problem, ...change })).toEqual(problem.views.slice(0, count))
})

test('a run whose features do not fit is refused before they are computed, with the needed memory', () => {
  // 20,000 × 8,192 × 4 bytes × 8.3 copies = 5,188 MB, and 118 of the process
  expect(() => viewsWithin(4_096, { ...problem, isByFolds: true })).toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      why: expect.stringContaining('need 5,306 MB, and the limit for a training run is 4,096 MB'),
    }),
  )
})
