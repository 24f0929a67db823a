import { expect, test } from 'vitest'
import { matchingClasses, MOST_BUTTONS } from './matching-classes.ts'

const CLASSES = ['red apple', 'apple', 'lime', ...Array.from({ length: 20 }, (_, i) => `leaf ${i}`)]

test('names that begin with the text come first, and Enter takes an exact name', () => {
  expect(matchingClasses(CLASSES, ' Apple')).toEqual({
    shown: ['apple', 'red apple'],
    more: 0,
    chosen: 'apple',
  })
})

test('Enter takes the only match, and nothing where several or none match', () => {
  expect(matchingClasses(CLASSES, 'li').chosen).toBe('lime')
  expect(matchingClasses(CLASSES, 'leaf').chosen).toBeNull()
  expect(matchingClasses(CLASSES, '').chosen).toBeNull()
  expect(matchingClasses(['lime'], '').chosen).toBeNull()
  expect(matchingClasses(CLASSES, 'kiwi')).toEqual({ shown: [], more: 0, chosen: null })
})

test('what does not fit is counted', () => {
  const { shown, more } = matchingClasses(CLASSES, 'leaf')

  expect([shown.length, more]).toEqual([MOST_BUTTONS, 11])
})
