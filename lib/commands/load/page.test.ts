import { expect, test } from 'vitest'
import { pageOf } from './page.ts'
import type { ArtilleryReport } from '#lib/contracts/developer-files.ts'
import { figuresOf } from './report.ts'

const at = 1_700_000_000_000
const summary = (median: number) => ({
  'http.response_time': { min: 1, max: 900, mean: median, median, p95: median * 2, p99: median * 3 },
})
const report: ArtilleryReport = {
  aggregate: {
    counters: { 'http.requests': 300 },
    summaries: summary(7),
    firstMetricAt: at,
    lastMetricAt: at + 20_000,
  },
  intermediate: [
    { period: String(at), counters: { 'http.requests': 100 }, summaries: summary(5) },
    { period: String(at + 10_000), counters: { 'http.requests': 200 }, summaries: summary(40) },
  ],
}
const about = { at: new Date(at), machine: 'two <cores>', product: 'Darkroom.' }
const page = (missed: readonly string[]) => {
  const figures = figuresOf(report, { scenario: 'predict', users: 100, missed })
  return pageOf({ ...about, ramps: [{ figures, report }] })
}

test('the page needs no script and no other file, and has both themes', () => {
  const html = page([])

  expect(html).not.toMatch(/<script|<link|src=|url\(|https?:/)
  expect(html).toContain('prefers-color-scheme: dark')
  expect(html).toContain('All thresholds passed.')
})

test('each chart is drawn from the periods and has their values in a table', () => {
  const html = page([])

  expect(html.match(/<polyline/g)).toHaveLength(4) // median, p95 and p99, and the requests
  expect(html).toContain('p99 at most 120 ms')
  expect(html).toContain('<td>10 s</td><td>40</td><td>80</td><td>120</td>')
})

test('a missed threshold is named, and external text is escaped', () => {
  const html = page(['http.response_time.p95 < 1000'])

  expect(html).toContain('Missed: <code>http.response_time.p95 &lt; 1000</code>')
  expect(html).toContain('two &lt;cores&gt;')
})
