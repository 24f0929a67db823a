import { expect, test } from 'vitest'
import {
  ALL,
  countOf,
  extendedFrom,
  framed,
  isSelected,
  NOTHING,
  only,
  ranged,
  rangeTo,
  toggled,
  without,
} from './selection.ts'

const ids = (...names: string[]) => expect.objectContaining({ ids: new Set(names) })

test('a click selects one image, and Ctrl adds another or takes it away', () => {
  const one = only('a', 0)

  expect(one).toEqual(ids('a'))
  expect(toggled(one, 'b', 1)).toEqual(ids('a', 'b'))
  expect(toggled(toggled(one, 'b', 1), 'a', 0)).toEqual(ids('b'))
  expect(one).toEqual(ids('a'))
})

test('Shift selects from the last click, forwards and backwards, as often as it is pressed', () => {
  const start = only('e', 4)
  const forwards = ranged(start, ['e', 'f', 'g'])

  expect(rangeTo(start, 6)).toEqual({ first: 4, end: 7 })
  expect(forwards).toEqual(ids('e', 'f', 'g'))
  expect(rangeTo(forwards, 2)).toEqual({ first: 2, end: 5 })
})

test('where nothing is selected, Shift selects from the image that the keyboard is on', () => {
  expect(rangeTo(extendedFrom(NOTHING, 3), 4)).toEqual({ first: 3, end: 5 })
  expect(rangeTo(extendedFrom(only('a', 0), 3), 4)).toEqual({ first: 0, end: 5 })
})

test('a rectangle replaces the selection, or adds to it', () => {
  expect(framed(NOTHING, ['b', 'c'], 1)).toEqual(ids('b', 'c'))
  expect(framed(only('a', 0), ['b'], 1)).toEqual(ids('a', 'b'))
})

test('all that match contains images that were never loaded, until one is clicked', () => {
  expect([isSelected(ALL, 'anything'), countOf(ALL, 100_000)]).toEqual([true, 100_000])
  expect(toggled(ALL, 'a', 7)).toEqual(only('a', 7))
  expect([isSelected(NOTHING, 'a'), countOf(NOTHING, 100_000)]).toEqual([false, 0])
})

test('an image that has left the list is no longer selected', () => {
  const two = ranged(only('a', 0), ['a', 'b'])

  expect(without(two, (id) => id === 'a')).toEqual(ids('b'))
  expect(without(two, () => false)).toBe(two)
  expect(without(ALL, () => true)).toBe(ALL)
})
