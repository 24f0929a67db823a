/** The load test that npm run load makes with Artillery, shorter and with up to 50 users: the same
 *  requests, pauses and checks. More users need a machine of their own; docs/performance.md has their figures. */
import { expect, test } from '@playwright/test'
import { brokenConditions, readLoadPlan, sendVisitors } from '#lib/checks/load-visitors.fakes.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'
import { image } from './people.ts'

const SECONDS = 4
/** With 50 users, of which nine of ten got no answer; 95 of 100 take about 70 ms here on an idle machine. */
const EARLIER_MEDIAN_MS = 2_300
const plan = readLoadPlan()

let product: OwnProduct
let key: string
test.beforeAll(async () => {
  test.setTimeout(180_000)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'shapes' })
  key = await product.key('user')
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

test('the slowest of five requests after a start takes less than half of an earlier cold start', async () => {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    const { json } = await product.request('POST', '/api/predict', {
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(image('star', i)),
    })
    times.push(performance.now() - began)
    expect(json['predicted_class']).toBe('star')
  }

  expect(Math.max(...times)).toBeLessThan(1_000) // 2,000 ms of five there
})

for (const users of [10, 40, 50])
  test(`${users} users at once: no request fails, 95 of 100 are quicker than an earlier median`, async () => {
    test.setTimeout(120_000)
    const seconds = plan.arrivals.get(users)!.seconds + SECONDS
    const { counters, times } = await sendVisitors(plan, { url: product.url, key, users, seconds })

    expect(brokenConditions(plan, counters), JSON.stringify(counters)).toEqual([])
    expect(times.length).toBeGreaterThan(users * 5) // each at least one round
    expect(times[Math.floor(times.length * 0.95)]!).toBeLessThan(EARLIER_MEDIAN_MS)
  })
