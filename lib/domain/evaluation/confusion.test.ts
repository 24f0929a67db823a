import { expect, test } from 'vitest'
import { confusedPairs, shareShifts } from './confusion.ts'

test('the most confused classes come first, with the more frequent direction first', () => {
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

test('both directions count together, and of equal pairs the one with the larger share comes first', () => {
  const counts = [
    [0, 3, 4, 0],
    [3, 0, 0, 0],
    [0, 0, 96, 2],
    [0, 0, 2, 6],
  ]

  const pairs = confusedPairs(['a', 'b', 'c', 'd'], counts).map(
    ({ truth, answer, there, back }) => `${truth} for ${answer}: ${there}, back ${back}`,
  )

  // c and d are confused four times, as a and c are; two of eight is less than four of seven
  expect(pairs).toEqual(['a for b: 3, back 3', 'a for c: 4, back 0', 'c for d: 2, back 2'])
})

test('a class that was never predicted is not confused', () => {
  expect(confusedPairs(['a', 'b'], [[5]])).toEqual([])
})

test('without confusions there is no pair', () => {
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
  expect(shareShifts(new Map([['apple', 1]]), new Map([['lime', 1]])).map(({ change }) => change)).toEqual([
    -1, 1,
  ])
})

test.each([
  ['the first', [3, 2], ['b for c', 'a for d', 'b for d', 'a for c', 'a for b']],
  ['the last', [2, 3], ['b for c', 'd for b', 'a for d', 'a for c', 'a for b']],
])('of two pairs with five confusions %s has the larger share and comes before', (_, [bd, db], expected) => {
  const counts = [
    [92, 1, 2, 5],
    [0, 94, 3, bd!],
    [2, 3, 5, 0],
    [0, db!, 0, 18],
  ]

  const pairs = confusedPairs(['a', 'b', 'c', 'd'], counts)

  expect(pairs.map(({ truth, answer }) => `${truth} for ${answer}`)).toEqual(expected)
})
