/**
 * A client that sends too many requests must wait, whichever web process it reaches; a key has a higher
 * limit. On a separate product with small limits and two web processes.
 */
import { expect, test } from '@playwright/test'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startOwnProduct, type OwnProduct, type ApiResponse } from './own-product.ts'

const MOST = 40
const body = new Uint8Array(encodePng(drawShape('star', 1)))
for (const fastPath of ['on', 'off']) {
  test.describe(`with DOOR=${fastPath}`, () => {
    let product: OwnProduct

    test.beforeAll(async () => {
      product = await startOwnProduct({
        WEB_PROCESSES: '2',
        PREDICT_PROCESSES: '2',
        RATE_LIMIT_PREDICT: String(MOST),
        RATE_LIMIT_BATCH: '3/hour',
        RATE_LIMIT_KEY_TIMES: '10',
        DEFAULT_CLASSIFIER: 'shapes',
        DOOR: fastPath,
      })
    })
    test.afterAll(async () => {
      await product[Symbol.asyncDispose]()
    })

    const send = (headers: Record<string, string> = {}): Promise<ApiResponse> =>
      product.request('POST', '/api/predict', {
        headers: { 'content-type': 'image/png', connection: 'close', ...headers },
        body,
      })
    const many = (count: number, headers?: Record<string, string>): Promise<ApiResponse[]> =>
      Promise.all(Array.from({ length: count }, () => send(headers)))
    const statuses = (answers: readonly ApiResponse[]): readonly number[] =>
      [...new Set(answers.map(({ status }) => status))].sort()

    test('the limit applies to all processes together, and says when to retry', async () => {
      const first = await send()
      expect(first.status, first.text).toBe(200)
      expect(first.headers.get('ratelimit-limit')).toBe(String(MOST))

      // Each of the two processes counted about 23, which is allowed for one; together it is too much, and
      // soon both know.
      await many(MOST + 5)
      await expect
        .poll(async () => statuses(await many(12)), { timeout: 5_000, intervals: [700] })
        .toEqual([429]) // so many reach both

      const refused = await send()
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.json).toMatchObject({
        code: 'rate_limited',
        instance: '/api/predict',
        request_id: expect.any(String),
      })
      expect((await product.request('GET', '/api/health')).status).toBe(200)
    })

    test('an hourly limit applies to all processes together too', async () => {
      const batch = async (): Promise<ApiResponse> => {
        const form = new FormData()
        form.append('files', new Blob([body]), 'a.png')
        return product.request('POST', '/api/predict/batch', { headers: { connection: 'close' }, body: form })
      }
      const first = await batch()
      expect([first.status, first.headers.get('ratelimit-policy')], first.text).toEqual([200, '3;w=3600'])

      let refused = first
      await expect
        .poll(async () => (refused = await batch()).status, { timeout: 10_000, intervals: [700] })
        .toBe(429)

      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
      expect(refused.json['detail']).toMatch(
        /at most 3 requests of this kind are allowed in an hour. Try again in \d+ minutes/,
      )
    })

    test('a key is counted separately, and may send several times as many requests', async () => {
      const authorization = `Bearer ${await product.key('predict')}`

      const answers = await many(2 * MOST, { authorization })

      const other = answers.find(({ status }) => status !== 200)
      expect(statuses(answers), other?.text).toEqual([200])
      expect(answers[0]?.headers.get('ratelimit-limit')).toBe(String(10 * MOST))
    })

    test('a forwarded client is counted by its own address', async () => {
      expect(statuses(await many(6, { 'x-forwarded-for': '203.0.113.9' }))).toEqual([429])
    })
  })
}
