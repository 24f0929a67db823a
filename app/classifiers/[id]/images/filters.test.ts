import { expect, test } from 'vitest'
import { filterCount, imageListOf, imagesAddress } from './filters.ts'

test('a shared link shows the same images', () => {
  const query = {
    q: 'IMG',
    class: 'lime',
    set: 'test',
    state: 'excluded',
    certainty: '70',
    differs: 'yes',
    sort: 'name',
  }

  const list = imageListOf(query)

  expect(list).toEqual({
    filters: {
      filename: 'IMG',
      label: 'lime',
      split: 'test',
      state: 'excluded',
      certainty_below: 0.7,
      differs: true,
    },
    sort: 'name',
  })
  expect(filterCount(list)).toBe(6)
  expect(imagesAddress('fruit', query)).toBe(`/classifiers/fruit/images?${new URLSearchParams(query)}`)
})

test('what is not valid in a link is left out', () => {
  expect(imageListOf({ set: 'all', state: '', certainty: 'NaN', sort: 'random', differs: '1' })).toEqual({
    filters: {},
    sort: 'newest',
  })
  expect(imageListOf({ certainty: '170' }).filters).toEqual({})
})

test('a filter is changed or removed, and the others stay', () => {
  const query = { class: 'lime', sort: 'name', other: 'x' }

  expect(imagesAddress('fruit', query, { class: 'red & round' })).toBe(
    '/classifiers/fruit/images?class=red+%26+round&sort=name',
  )
  expect(imagesAddress('fruit', query, { class: '' })).toBe('/classifiers/fruit/images?sort=name')
})
