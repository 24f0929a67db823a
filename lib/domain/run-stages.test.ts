import { expect, test } from 'vitest'
import { isRunStage, overallPercent, RUN_STAGES } from './run-stages.ts'

test('the stages follow each other without a gap, from 0 to 99 percent', () => {
  const ends = RUN_STAGES.map((stage) => [
    overallPercent({ stage, done: 0, total: 8 }),
    overallPercent({ stage, done: 8, total: 8 }),
  ])

  expect(ends).toEqual([
    [0, 5],
    [5, 10],
    [10, 90],
    [90, 98],
    [98, 99],
  ])
})

test.each<[string, number, number | null, number]>([
  ['a quarter of the training', 2, 8, 30],
  ['more than there is', 9, 8, 90],
  ['an unknown total', 2, null, 10],
  ['a total of nothing', 0, 0, 10],
])('%s', (_case, done, total, percent) =>
  expect(overallPercent({ stage: 'train', done, total })).toBe(percent),
)

test('a stage is known by its name', () => {
  expect(isRunStage('train')).toBe(true)
  expect(isRunStage('rest')).toBe(false)
  expect(isRunStage(null)).toBe(false)
})
