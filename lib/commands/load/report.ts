/**
 * Evaluates Artillery's report of one step of the load: the figures, a line for the terminal, a page of
 * Markdown. The thresholds in artillery/visitors.yml decide whether they are good enough.
 */
import type { ArtilleryReport } from '#lib/contracts/developer-files.ts'

export type RampFigures = {
  /** What the users did, as artillery/*.yml names it. */
  readonly scenario: string
  readonly users: number
  readonly seconds: number
  readonly requests: number
  readonly perSecond: number
  /** Refused, aborted, or with an unexpected response. */
  readonly failed: number
  /** Error statuses and connection errors, by name: `503`, `ECONNRESET`. */
  readonly failures: Readonly<Record<string, number>>
  readonly meanMs: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Predictions that named the shape that was sent. */
  readonly right: number
  readonly predictions: number
  /** The missed thresholds, as they are written. */
  readonly missed: readonly string[]
}

export type LoadedMachine = { readonly at: Date; readonly machine: string; readonly product: string }

export function figuresOf(
  { aggregate }: ArtilleryReport,
  about: { readonly scenario: string; readonly users: number; readonly missed: readonly string[] },
): RampFigures {
  const { counters, summaries } = aggregate
  const counted = (name: string): number => counters[name] ?? 0
  const times = summaries['http.response_time'] ?? { min: 0, max: 0, mean: 0, median: 0, p95: 0, p99: 0 }
  const seconds = Math.max(1, (aggregate.lastMetricAt - aggregate.firstMetricAt) / 1000)
  const requests = counted('http.requests')
  const named = (prefix: string): [string, number][] =>
    Object.keys(counters)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name.slice(prefix.length), counted(name)])
  const brokenOff = named('errors.')
  return {
    scenario: about.scenario,
    users: about.users,
    seconds: Math.round(seconds),
    requests,
    perSecond: requests / seconds,
    failed: counted('darkroom.failed') + brokenOff.reduce((sum, [, times]) => sum + times, 0),
    failures: Object.fromEntries([
      ...named('http.codes.').filter(([code]) => !isExpected(code, about.scenario)),
      ...brokenOff,
    ]),
    meanMs: times.mean,
    medianMs: times.median,
    p95Ms: times.p95,
    p99Ms: times.p99,
    maxMs: times.max,
    right: counted('darkroom.right'),
    predictions: counted('darkroom.right') + counted('darkroom.wrong'),
    missed: about.missed,
  }
}

/**
 * 202 and the redirect after a login are successes; of many clients that start a training run, all but one
 * are refused because one is active.
 */
const isExpected = (code: string, scenario: string): boolean =>
  /^[23]/.test(code) || (scenario === 'retrain' && code === '409')

export function lineOf(ramp: RampFigures): string {
  const verdict = ramp.missed.length === 0 ? 'All thresholds passed.' : `MISSED: ${ramp.missed.join('; ')}`
  const correct = ramp.predictions === 0 ? '' : `, ${percent(ramp.right, ramp.predictions)} correct`
  return (
    `${ramp.scenario}, ${ramp.users} users, ${ramp.seconds} s: ` +
    `${whole(ramp.requests)} requests (${ramp.perSecond.toFixed(1)}/s), ${failedIn(ramp)}, ` +
    `median ${inMs(ramp.medianMs)}, p95 ${inMs(ramp.p95Ms)}, p99 ${inMs(ramp.p99Ms)}${correct}. ${verdict}`
  )
}

export function markdownOf(ramps: readonly RampFigures[], { at, machine, product }: LoadedMachine): string {
  return (
    [
      '# Load',
      '',
      `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${machine}; the load generator ran ` +
        `on the same machine. ${product}`,
      '',
      tableOf(ramps),
      '',
      ...ramps.flatMap(({ scenario, users, missed }) =>
        missed.map((threshold) => `- **${scenario}, ${users} users missed** \`${threshold}\``),
      ),
      ramps.every(({ missed }) => missed.length === 0)
        ? 'All thresholds passed (artillery/visitors.yml, artillery/tasks.yml).'
        : '',
    ]
      .join('\n')
      .trimEnd() + '\n'
  )
}

function tableOf(ramps: readonly RampFigures[]): string {
  const rows = ramps.map((r) => [
    r.scenario,
    r.users,
    r.seconds,
    whole(r.requests),
    r.perSecond.toFixed(1),
    failedIn(r).replace(' failed', ''),
    ...[r.meanMs, r.medianMs, r.p95Ms, r.p99Ms, r.maxMs].map(inMs),
    percent(r.right, r.predictions),
  ])
  const heads = [
    'scenario',
    'users',
    'seconds',
    'requests',
    'requests/s',
    'failed',
    'mean',
    'median',
    'p95',
    'p99',
    'longest',
    'correct predictions',
  ]
  return [heads, heads.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function failedIn({ failed, failures }: RampFigures): string {
  const causes = Object.entries(failures).map(([name, times]) => `${whole(times)} × ${name}`)
  return `${whole(failed)} failed${causes.length > 0 ? ` (${causes.join(', ')})` : ''}`
}

const whole = (n: number): string => n.toLocaleString('en')
const inMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
const percent = (part: number, of: number): string =>
  of === 0 ? 'none' : `${((part / of) * 100).toFixed(1)} %`
