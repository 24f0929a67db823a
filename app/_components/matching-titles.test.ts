import { expect, test } from 'vitest'
import { matchingTitles } from './matching-titles.ts'

const ALL = [
  { id: 'sweet-fruit', title: 'Sweet fruit' },
  { id: 'fruit', title: 'Fruit of the market' },
  { id: 'leaves', title: 'Blätter' },
]
const found = (search: string) => matchingTitles(ALL, search).map(({ id }) => id)

test('an empty search finds all, in their order', () => {
  expect(found('')).toEqual(['sweet-fruit', 'fruit', 'leaves'])
  expect(found('  ')).toEqual(['sweet-fruit', 'fruit', 'leaves'])
})

test('titles that start with the search come first', () =>
  expect(found('FRUIT')).toEqual(['fruit', 'sweet-fruit']))

test('every word must occur, in the title or in the id', () => {
  expect(found('market fruit')).toEqual(['fruit'])
  expect(found('leav')).toEqual(['leaves'])
  expect(found('market sweet')).toEqual([])
})
