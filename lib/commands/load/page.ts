/**
 * The report of a load test as one HTML file: figures, and their course over time, as inline SVG with a
 * table under each chart. Generated from Artillery's JSON; it needs no script and no other file, and
 * follows the reader's light or dark theme.
 */
import type { ArtilleryReport } from '#lib/contracts/developer-files.ts'
import type { LoadedMachine, RampFigures } from './report.ts'

const WIDTH = 720
const HEIGHT = 180
const LEFT = 56
const BOTTOM = 22
const TOP = 10

export type LoadPage = LoadedMachine & {
  readonly ramps: readonly { readonly figures: RampFigures; readonly report: ArtilleryReport }[]
}

type Series = { readonly name: string; readonly values: readonly number[] }
type Chart = {
  readonly title: string
  readonly unit: string
  readonly seconds: readonly number[]
  readonly series: readonly Series[]
}

export function pageOf({ at, machine, product, ramps }: LoadPage): string {
  const hasPassed = ramps.every(({ figures }) => figures.missed.length === 0)
  const when = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test, ${when}</title>
<style>${STYLE}</style>
<main>
<h1>Load test</h1>
<p>${when}. ${escaped(machine)}; the load generator ran on the same machine. ${escaped(product)}</p>
${hasPassed ? HELD : MISSED}
${summary(ramps.map(({ figures }) => figures))}
${ramps.map(section).join('\n')}
</main>
</html>
`
}

const HELD = '<p class="held">All thresholds passed.</p>'
const MISSED = '<p class="missed">Thresholds were missed; they are listed below.</p>'

function summary(ramps: readonly RampFigures[]): string {
  const heads = [
    'scenario',
    'users',
    'seconds',
    'requests',
    'requests/s',
    'failed',
    'median',
    'p95',
    'p99',
    'longest',
    'thresholds',
  ]
  const rows = ramps.map((ramp) => [
    ramp.scenario,
    ramp.users,
    ramp.seconds,
    whole(ramp.requests),
    ramp.perSecond.toFixed(1),
    whole(ramp.failed),
    inMs(ramp.medianMs),
    inMs(ramp.p95Ms),
    inMs(ramp.p99Ms),
    inMs(ramp.maxMs),
    ramp.missed.length === 0 ? 'hold' : 'missed',
  ])
  return table('All runs', heads, rows)
}

function section({ figures, report }: LoadPage['ramps'][number]): string {
  const missed = figures.missed.map((one) => `<li>Missed: <code>${escaped(one)}</code></li>`).join('')
  const failures = Object.entries(figures.failures)
    .map(([name, times]) => `<li>${whole(times)} × ${escaped(name)}</li>`)
    .join('')
  return `<section>
<h2>${escaped(figures.scenario)}, ${figures.users} users</h2>
${missed + failures === '' ? '' : `<ul>${missed}${failures}</ul>`}
${chartsOf(report).map(chartWithTable).join('\n')}
</section>`
}

/** Artillery aggregates in periods of ten seconds. */
function chartsOf({ intermediate, aggregate }: ArtilleryReport): readonly Chart[] {
  const periods = (intermediate ?? []).filter(
    ({ summaries }) => summaries['http.response_time'] !== undefined,
  )
  const seconds = periods.map(({ period }) =>
    Math.max(0, Math.round((Number(period) - aggregate.firstMetricAt) / 1000)),
  )
  const times = (of: 'median' | 'p95' | 'p99'): readonly number[] =>
    periods.map(({ summaries }) => summaries['http.response_time']![of])
  const counted = (name: string): readonly number[] => periods.map(({ counters }) => counters[name] ?? 0)
  return [
    {
      title: 'Response time',
      unit: 'ms',
      seconds,
      series: [
        { name: 'median', values: times('median') },
        { name: 'p95', values: times('p95') },
        { name: 'p99', values: times('p99') },
      ],
    },
    {
      title: 'Requests in each period of 10 s',
      unit: 'requests',
      seconds,
      series: [{ name: 'requests', values: counted('http.requests') }],
    },
  ]
}

function chartWithTable(chart: Chart): string {
  const { title, unit, seconds, series } = chart
  if (seconds.length === 0) return `<p>${escaped(title)}: the run was too short for a chart.</p>`
  const most = Math.max(1, ...series.flatMap(({ values }) => values))
  const peak = series
    .map(({ name, values }) => `${name} at most ${format(Math.max(...values))} ${unit}`)
    .join(', ')
  const heads = ['time', ...series.map(({ name }) => `${name} (${unit})`)]
  const rows = seconds.map((second, i) => [`${second} s`, ...series.map(({ values }) => format(values[i]!))])
  return `<figure>
<figcaption>${escaped(title)}: ${escaped(peak)}.</figcaption>
${svg(chart, most)}
<details><summary>Values</summary>${table(title, heads, rows)}</details>
</figure>`
}

function svg({ title, unit, seconds, series }: Chart, most: number): string {
  const last = Math.max(1, seconds.at(-1)!)
  const x = (second: number): number => LEFT + ((WIDTH - LEFT - 8) * second) / last
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / most
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(most * share)}" y2="${y(most * share)}"/>` +
      `<text x="${LEFT - 6}" y="${y(most * share) + 4}" text-anchor="end">${format(most * share)}</text>`,
  )
  const lines = series.map(({ name, values }, i) => {
    const points = values.map((value, at) => `${x(seconds[at]!).toFixed(1)},${y(value).toFixed(1)}`)
    return `<polyline class="line line-${i}" points="${points.join(' ')}"><title>${name}</title></polyline>`
  })
  const legend = series.map(
    ({ name }, i) => `<text class="name name-${i}" x="${LEFT + 8 + i * 90}" y="${TOP + 10}">${name}</text>`,
  )
  const label = escaped(`${title} in ${unit} over ${last} seconds; the values are in the table below`)
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">` +
    grid.join('') +
    `<text x="${LEFT}" y="${HEIGHT - 6}">0 s</text>` +
    `<text x="${WIDTH - 8}" y="${HEIGHT - 6}" text-anchor="end">${last} s</text>` +
    `${lines.join('')}${legend.join('')}</svg>`
  )
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const head = heads.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')
  const body = rows
    .map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`)
    .join('\n')
  const name = escaped(caption)
  return (
    `<div class="wide" tabindex="0" role="region" aria-label="${name}"><table><caption>${name}</caption>` +
    `<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
  )
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const whole = (n: number): string => n.toLocaleString('en')
const inMs = (ms: number): string => `${format(ms)} ms`
const format = (value: number): string =>
  value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')

const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1d21; --soft: #5a606b; --paper: #ffffff; --edge: #d5d9e0;
  --a: #1f6feb; --b: #b35900; --c: #a4133c; --good: #146c2e; --bad: #a4133c
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaee; --soft: #a3abb8; --paper: #15171b; --edge: #3a404b;
    --a: #79b0ff; --b: #f0a860; --c: #ff8fa8; --good: #7fd59a; --bad: #ff8fa8
  }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 2.5rem }
.held { color: var(--good); font-weight: 600 }
.missed { color: var(--bad); font-weight: 600 }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem }
caption { text-align: left; color: var(--soft) }
th, td {
  padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--edge);
  text-align: right; white-space: nowrap
}
th:first-child, td:first-child { text-align: left }
figure { margin: 1rem 0 }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif }
svg text { fill: var(--soft) }
.grid { stroke: var(--edge) }
.line { fill: none; stroke-width: 2 }
.line-0 { stroke: var(--a) }
.line-1 { stroke: var(--b); stroke-dasharray: 6 3 }
.line-2 { stroke: var(--c); stroke-dasharray: 2 3 }
svg .name-0 { fill: var(--a) } svg .name-1 { fill: var(--b) } svg .name-2 { fill: var(--c) }
`
