import { expect, test } from 'vitest'
import { auditAddress, auditInputOf, auditQueryOf } from './audit-query.ts'

test('without filters, changes are shown and logins are not', () => {
  expect(auditQueryOf({}).kind).toBe('changes')
  expect(auditQueryOf({ kind: 'everything' }).kind).toBe('changes')
  expect(auditQueryOf({ kind: 'logins' }).kind).toBe('logins')
})

test('the last day is included: the API gets its end', () => {
  const { since, until } = auditInputOf(auditQueryOf({ from: '2026-02-28', to: '2026-02-28' }))

  expect(since).toBe('2026-02-28T00:00:00.000Z')
  expect(until).toBe('2026-03-01T00:00:00.000Z')
})

test.each([{ from: '28.2.2026' }, { from: '2026-02-99' }, { classifier: 'No Such Id!' }])(
  'the invalid filter %j is ignored',
  (query) => expect(auditQueryOf(query)).toEqual(auditQueryOf({})),
)

test('the URL of the page has the filters that are set', () => {
  expect(auditAddress(auditQueryOf({ by: 'Ada', from: '2026-02-28' }), 'next')).toBe(
    '/settings?view=changes&kind=changes&by=Ada&from=2026-02-28&cursor=next',
  )
})
