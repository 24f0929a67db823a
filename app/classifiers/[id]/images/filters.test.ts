import { expect, test } from 'vitest'
import { filterCount, imageAddress, imageListOf, imagesAddress } from './filters.ts'

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

test('a link to one image shows that image', () => {
  const sample = '01a22e65-d12a-7000-87c6-910cb3ed96d1'

  const address = imageAddress('fruit', sample)

  expect(address).toBe(`/classifiers/fruit/images?image=${sample}`)
  expect(imageListOf({ image: sample }).filters).toEqual({ sample })
  expect(imageListOf({ image: 'x' }).filters).toEqual({})
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
