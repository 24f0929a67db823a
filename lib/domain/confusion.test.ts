import { expect, test } from 'vitest'
import { confusedPairs, shareShifts } from './confusion.ts'

test('classes that are mixed up most come first, with the worse direction in front', () => {
  const counts = [
    [40, 1, 9],
    [0, 50, 0],
    [12, 2, 36],
  ]

  expect(confusedPairs(['apple', 'lime', 'plum'], counts)).toEqual([
    { truth: 'plum', answer: 'apple', there: 12, of: 50, back: 9, ofBack: 50 },
    { truth: 'plum', answer: 'lime', there: 2, of: 50, back: 0, ofBack: 50 },
    { truth: 'apple', answer: 'lime', there: 1, of: 50, back: 0, ofBack: 50 },
  ])
})

test('where nothing is mixed up there is no pair', () => {
  expect(
    confusedPairs(
      ['a', 'b'],
      [
        [3, 0],
        [0, 4],
      ],
    ),
  ).toEqual([])
})

test('the class whose share changed most comes first', () => {
  const before = new Map([
    ['apple', 50],
    ['lime', 50],
  ])
  const now = new Map([
    ['apple', 9],
    ['plum', 1],
  ])

  expect(shareShifts(before, now).map(({ name, change }) => [name, Number(change.toFixed(6))])).toEqual([
    ['lime', -0.5],
    ['apple', 0.4],
    ['plum', 0.1],
  ])
  expect(shareShifts(before, new Map())).toEqual([])
})
