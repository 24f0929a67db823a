/** The filters of the history in its URL. Invalid values are ignored. */
import type { Input } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import type { Query } from '../../../current-user.ts'

type Filters = Omit<Input<Routes['GET /api/predictions']>, 'limit'>
type ExportFilters = Omit<Filters, 'cursor' | 'sort'>

const DECISIONS = ['confident', 'uncertain', 'unfamiliar', 'none'] as const
const FEEDBACKS = ['none', 'correct', 'wrong'] as const
const NAMES = ['class', 'version', 'decision', 'feedback', 'min', 'max', 'since', 'until'] as const

export function filtersOf(classifier: string, query: Query): Filters {
  const filters: Filters = {
    classifier,
    class: query.class || undefined,
    version: /^v\d+$/.test(query.version ?? '') ? query.version : undefined,
    decision: DECISIONS.find((one) => one === query.decision),
    feedback: FEEDBACKS.find((one) => one === query.feedback),
    min_confidence: shareOf(query.min),
    max_confidence: shareOf(query.max),
    since: momentOf(query.since, 'T00:00:00.000Z'),
    until: momentOf(query.until, 'T23:59:59.999Z'),
    cursor: query.cursor || undefined,
    sort: isLeastCertainFirst(query) ? 'least_certain' : 'newest',
  }
  return filters
}

/** The filters without the order and the page of the list. */
export const exportFilters = ({ cursor: _cursor, sort: _sort, ...filters }: Filters): ExportFilters => filters

export const isLeastCertainFirst = (query: Query): boolean => query.sort === 'least_certain'

/** What a person checks first: predictions without feedback, the least certain first. */
export const reviewQueue = (classifier: string): string =>
  classifierPage(classifier, 'history', { feedback: 'none', sort: 'least_certain' })

export const hasFilters = (query: Query): boolean => NAMES.some((name) => query[name])

/** The same URL with changed filters. */
export const addressWith = (classifier: string, query: Query, change: Query): string =>
  classifierPage(classifier, 'history', { ...query, ...change })

/** A share, from a percentage in the URL. */
function shareOf(percent: string | undefined): number | undefined {
  const number = Number(percent || Number.NaN)
  return number >= 0 && number <= 100 ? number / 100 : undefined
}

const momentOf = (day: string | undefined, time: string): string | undefined =>
  /^\d{4}-\d\d-\d\d$/.test(day ?? '') && !Number.isNaN(Date.parse(`${day}${time}`))
    ? `${day}${time}`
    : undefined
