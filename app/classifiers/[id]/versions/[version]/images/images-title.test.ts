import { expect, test } from 'vitest'
import { imagesTitle, outcomeOf, sourceOf } from './images-title.ts'

test.each([
  [{ label: 'dog', predicted: 'cat' }, '“dog” predicted as “cat”'],
  [{ label: 'dog', predicted: 'dog' }, '“dog”, recognised'],
  [{ label: 'dog', outcome: 'incorrect' as const }, 'Mistakes of “dog”'],
  [{ predicted: 'cat', outcome: 'correct' as const }, 'Correct predictions as “cat”'],
  [{ outcome: 'incorrect' as const }, 'Mistakes'],
  [{}, 'Evaluated images'],
])('%j is titled %s', (filter, title) => {
  expect(imagesTitle({ label: undefined, predicted: undefined, outcome: 'all', ...filter })).toBe(title)
})

test('an unknown outcome in an address shows all images', () => {
  expect([outcomeOf('incorrect'), outcomeOf('wrong'), outcomeOf(undefined)]).toEqual([
    'incorrect',
    'all',
    'all',
  ])
})

test('an unknown evaluation in an address is that of the confusion matrix', () => {
  expect([sourceOf('test'), sourceOf('folds'), sourceOf(undefined)]).toEqual(['test', undefined, undefined])
})
