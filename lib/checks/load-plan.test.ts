/** The plan of the load test against what the earlier projects measured and hoped for: their visitors, their
 *  arrivals, no failure let through. The results are in docs/performance.md; `npm run load` makes them. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './sources.ts'

/** Users → arrivals a second of their plan, and the rate that was expected, never measured, for so many. */
const PLANNED: Readonly<Record<number, { readonly arrivals: number; readonly expectedRate: number }>> = {
  10: { arrivals: 2, expectedRate: 50 },
  50: { arrivals: 5, expectedRate: 200 },
  100: { arrivals: 10, expectedRate: 350 },
  200: { arrivals: 20, expectedRate: 500 },
}
/** An environment of the load plan: its users, and how long and how often they arrive. */
const ENVIRONMENT = new RegExp(
  [
    /^ {4}['"](\d+)['"]:\n/,
    /\s+phases: \[\{ name: .*?, duration: (\d+), arrivalRate: (\d+) \}\]\n/,
    /\s+variables: \{ pause: \[(\d+)ms\] \}/,
  ]
    .map(({ source }) => source)
    .join(''),
  'gm',
)
const plan = readFileSync(path.join(ROOT, 'artillery/visitors.yml'), 'utf8')
const ramps = new Map(
  [...plan.matchAll(ENVIRONMENT)].map(([, users, seconds, arrivals, pause]) => [
    Number(users),
    { seconds: Number(seconds), arrivals: Number(arrivals), pauseMs: Number(pause) },
  ]),
)

test.each(Object.entries(PLANNED))(
  '%s visitors arrive as fast as the earlier plan had them, and all of them',
  (users, { arrivals }) => {
    const ramp = ramps.get(Number(users))

    expect(ramp?.arrivals).toBe(arrivals)
    expect(ramp!.arrivals * ramp!.seconds).toBe(Number(users))
  },
)

test.each(Object.entries(PLANNED))(
  '%s visitors ask more often than was expected of as many',
  (users, { expectedRate }) => {
    const { pauseMs } = ramps.get(Number(users))!

    // the answers themselves take their time too: a fifth more than was expected leaves room for them
    expect(Number(users) / (pauseMs / 1000)).toBeGreaterThan(expectedRate * 1.1)
  },
)

test('one failed request, one visitor who gives up, or a late twentieth ends the run as failed', () => {
  expect(plan).toMatch(/- http\.response_time\.p95: 300$/m)
  for (const condition of ['vusers.failed == 0', 'darkroom.failed == 0'])
    expect(plan).toContain(`- expression: ${condition}\n`)
})

test('the results stand beside those that the earlier projects wrote down', () => {
  const page = readFileSync(path.join(ROOT, 'docs/performance.md'), 'utf8')
  const [, theirs = ''] = page.split('Load-test results of the five earlier projects')

  for (const figure of [
    '4.8 requests/s',
    '19.9 requests/s',
    '12.2 requests/s',
    '23.6 requests/s',
    '46.2 requests/s',
    '89.2 % failed',
    'p95 700 ms',
    'a cold start',
  ])
    expect(theirs).toContain(figure)
  expect(theirs).toMatch(/None of these requests failed/)
})
