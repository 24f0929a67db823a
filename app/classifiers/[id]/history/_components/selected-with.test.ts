import { expect, test } from 'vitest'
import { selectedWith } from './selected-with.ts'

const ROWS = ['a', 'b', 'c', 'd']

test('a click selects a row, and a second one takes it out again', () => {
  expect(selectedWith(['a'], ROWS, { id: 'c', from: null })).toEqual(['a', 'c'])
  expect(selectedWith(['a', 'c'], ROWS, { id: 'c', from: null })).toEqual(['a'])
})

test('with Shift, all rows from the last one are selected, in both directions', () => {
  expect(selectedWith(['b'], ROWS, { id: 'd', from: 'b' })).toEqual(['b', 'c', 'd'])
  expect(selectedWith(['d'], ROWS, { id: 'b', from: 'd' })).toEqual(['d', 'b', 'c'])
})

test('a row that is not in the table any more starts no range', () => {
  expect(selectedWith([], ROWS, { id: 'b', from: 'gone' })).toEqual(['b'])
})
