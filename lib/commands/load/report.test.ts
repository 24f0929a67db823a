/** The figures from a report of Artillery, compared with figures counted by hand. */
import { expect, test } from 'vitest'
import type { ArtilleryReport } from '#lib/contracts/developer-files.ts'
import { figuresOf, lineOf, markdownOf } from './report.ts'

const times = { min: 1, max: 90, mean: 6.25, median: 4, p95: 21, p99: 48 }
const report: ArtilleryReport = {
  aggregate: {
    counters: {
      'http.requests': 1000,
      'http.codes.200': 995,
      'http.codes.503': 3,
      'errors.ECONNRESET': 2,
      'darkroom.right': 760,
      'darkroom.wrong': 40,
      'darkroom.failed': 3,
    },
    summaries: { 'http.response_time': times },
    firstMetricAt: 1_000_000,
    lastMetricAt: 1_020_000,
  },
}

test('a refused and a broken request both count as failed, with their cause', () => {
  const ramp = figuresOf(report, { scenario: 'mix', users: 50, missed: ['darkroom.failed == 0'] })

  expect(ramp).toMatchObject({
    seconds: 20,
    perSecond: 50,
    failed: 5,
    failures: { 503: 3, ECONNRESET: 2 },
    predictions: 800,
  })
  expect(lineOf(ramp)).toBe(
    'mix, 50 users, 20 s: 1,000 requests (50.0/s), 5 failed (3 × 503, 2 × ECONNRESET), median 4.0 ms, ' +
      'p95 21 ms, p99 48 ms, 95.0 % correct. MISSED: darkroom.failed == 0',
  )
})

test('the page of a run names the missed thresholds, and only those', () => {
  const about = { at: new Date('2026-11-21T12:00:00Z'), machine: 'two cores', product: 'Darkroom.' }
  const missed = figuresOf(report, { scenario: 'mix', users: 50, missed: ['darkroom.failed == 0'] })
  const passed = figuresOf(report, { scenario: 'mix', users: 50, missed: [] })

  expect(markdownOf([passed, missed], about)).toContain('- **mix, 50 users missed** `darkroom.failed == 0`')
  expect(markdownOf([passed, missed], about)).not.toContain('All thresholds passed')
  expect(markdownOf([passed], about)).toContain('All thresholds passed')
})

test('a run refused because another is active is a failure only in other scenarios', () => {
  const { aggregate } = report
  const busy = {
    aggregate: { ...aggregate, counters: { 'http.requests': 9, 'http.codes.202': 1, 'http.codes.409': 8 } },
  }

  expect(figuresOf(busy, { scenario: 'retrain', users: 10, missed: [] }).failures).toEqual({})
  expect(figuresOf(busy, { scenario: 'upload', users: 10, missed: [] }).failures).toEqual({ 409: 8 })
})
