/** The load plan (artillery/) can fail a run, keeps up with what the earlier projects planned, and its results
 *  are written down. e2e/load.spec.ts sends its visitors to a product; `npm run load` measures. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { brokenConditions, judged, readLoadPlan } from './load-visitors.fakes.ts'
import { ROOT } from './sources.ts'

/** Users → how many arrive in a second in the plan for leaf diseases, and the rate that was expected for MNIST. */
const EARLIER: Readonly<Record<number, { readonly arrivals: number; readonly expectedRate: number }>> = {
  10: { arrivals: 2, expectedRate: 50 },
  50: { arrivals: 5, expectedRate: 200 },
  100: { arrivals: 10, expectedRate: 350 },
  200: { arrivals: 20, expectedRate: 500 },
}
const plan = readLoadPlan()
const answer = (predicted_class: string) => JSON.stringify({ success: true, predicted_class })

test.each(Object.entries(EARLIER))(
  '%s visitors arrive as in the earlier plan, and without response times would ask more often than was expected',
  (users, { arrivals, expectedRate }) => {
    const ramp = plan.arrivals.get(Number(users))!

    expect([ramp.arrivals, ramp.arrivals * ramp.seconds]).toEqual([arrivals, Number(users)])
    expect(Number(users) / (ramp.pauseMs / 1000)).toBeGreaterThan(expectedRate)
  },
)

test.each<[string, number, string, string]>([
  ['the class that was sent', 200, answer('star'), 'darkroom.right'],
  ['another class', 200, answer('ring'), 'darkroom.wrong'],
  ['its own limit', 429, '{"success":false,"code":"rate_limited"}', 'darkroom.failed'],
  ['an overloaded product', 503, '', 'darkroom.failed'],
  ['a success without a prediction', 200, '{"success":false}', 'darkroom.failed'],
  ['a page that is no JSON', 200, '<html>', 'darkroom.failed'],
])('a visitor who gets %s counts it as that', async (_case, statusCode, body, counter) =>
  expect(await judged('star', { statusCode, body })).toEqual({ [counter]: 1 }),
)

test.each<[string, Readonly<Record<string, number>>, readonly string[]]>([
  ['all right', {}, []],
  ['one failed request', { 'darkroom.failed': 1 }, ['darkroom.failed == 0']],
  ['one visitor who gives up', { 'vusers.failed': 1 }, ['vusers.failed == 0']],
  [
    'every fifth answer wrong',
    { 'darkroom.right': 80, 'darkroom.wrong': 20 },
    ['darkroom.right > darkroom.wrong * 4'],
  ],
  ['no correct answer', { 'darkroom.right': 0 }, ['darkroom.right > darkroom.wrong * 4']],
])('with %s the run ends as it should', (_case, counted, broken) => {
  const held = { 'vusers.failed': 0, 'darkroom.failed': 0, 'darkroom.right': 100, 'darkroom.wrong': 5 }

  expect(brokenConditions(plan, { ...held, ...counted })).toEqual(broken)
})

test('each number of users of the earlier plan has its measured row, without an empty cell and within the plan', () => {
  const page = readFileSync(path.join(ROOT, 'docs/performance.md'), 'utf8')
  const [, table = ''] = page.split(/^\| users \| seconds \| requests \|.*\n\|[-:|]+\|\n/m)
  const rows = table
    .slice(0, table.indexOf('\n\n'))
    .split('\n')
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => Number.parseFloat(cell.replaceAll(/[^\d.]/g, ''))))

  expect(rows.map(([users]) => String(users))).toEqual(Object.keys(EARLIER))
  for (const [users, seconds, requests, rate, failed, median, p95, p99, correct] of rows) {
    expect(rate! / (requests! / seconds!), `rate of ${users} users`).toBeCloseTo(1, 1)
    expect(failed).toBe(0)
    expect([median! <= p95!, p95! <= p99!, p95! < plan.mostP95Ms]).toEqual([true, true, true])
    expect(correct).toBeGreaterThan(80)
  }
})
