import { expect, test } from 'vitest'
import { addressWith, exportFilters, filtersOf, hasFilters } from './filters.ts'

test('percentages become shares, and days become moments of the whole day', () => {
  expect(
    filtersOf('fruit', { min: '12.5', max: '100', since: '2026-02-01', until: '2026-02-01' }),
  ).toMatchObject({
    min_confidence: 0.125,
    max_confidence: 1,
    since: '2026-02-01T00:00:00.000Z',
    until: '2026-02-01T23:59:59.999Z',
  })
})

test.each([
  [{ min: '101' }, 'min_confidence'],
  [{ max: 'much' }, 'max_confidence'],
  [{ since: '2026-02-31x' }, 'since'],
  [{ since: '2026-13-01' }, 'since'],
  [{ version: 'latest' }, 'version'],
  [{ decision: 'sure' }, 'decision'],
  [{ feedback: 'right' }, 'feedback'],
] as const)('%j is ignored', (query, field) => expect(filtersOf('fruit', query)[field]).toBeUndefined())

test('the export has all filters but the page of the list', () => {
  const filters = filtersOf('shapes', { version: 'v2', cursor: 'abc' })

  expect(filters.cursor).toBe('abc')
  expect(exportFilters(filters)).toMatchObject({ classifier: 'shapes', version: 'v2' })
  expect(exportFilters(filters)).not.toHaveProperty('cursor')
})

test('a page number is not a filter', () => {
  expect(hasFilters({ cursor: 'abc' })).toBe(false)
  expect(hasFilters({ class: 'ring' })).toBe(true)
})

test('a URL keeps the filters, and loses what is changed to undefined', () => {
  expect(addressWith('fruit', { class: 'a & b', cursor: 'abc' }, { cursor: undefined })).toBe(
    '/classifiers/fruit/history?class=a+%26+b',
  )
})
