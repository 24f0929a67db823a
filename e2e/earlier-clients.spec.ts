/**
 * The scripts of the five earlier projects, run against a started product: through the fast path, and with
 * everything through Next.
 */
import { expect, test } from '@playwright/test'
import { broken, EARLIER, requestOf } from '#lib/http/earlier-clients.fakes.ts'
import { EARLIER_OF_ROUTES } from '#lib/http/earlier-routes.fakes.ts'
import { startOwnProduct, train, type OwnProduct } from './own-product.ts'

for (const fastPath of ['on', 'off']) {
  test.describe(`with DOOR=${fastPath}`, () => {
    let product: OwnProduct
    let key: string

    test.beforeAll(async () => {
      test.setTimeout(300_000)
      product = await startOwnProduct({ DOOR: fastPath })
      key = await product.key('upload', 'train')
      await train(product, key)
    })
    test.afterAll(async () => {
      await product[Symbol.asyncDispose]()
    })

    for (const request of [...EARLIER, ...EARLIER_OF_ROUTES]) {
      test(request.story, async () => {
        const response = await fetch(requestOf(request, product.url, request.needsKey && key))
        const result = response.clone()

        expect(await broken(request, response)).toEqual([])
        if (request.needsKey) expect((await fetch(requestOf(request, product.url))).status).toBe(401)
        if (request.status === 202)
          await cancelled(product, key, ((await result.json()) as { run: { id: string } }).run.id)
      })
    }

    test('both URLs of the status return the same response', async () => {
      const [ours, theirs] = [
        await product.request('GET', '/api/retrain/status'),
        await product.request('GET', '/api/retrain_status'),
      ]

      expect(theirs.json).toEqual(ours.json)
    })
  })
}

/** Cancels the run, so that the next case starts without one. */
async function cancelled(product: OwnProduct, key: string, id: string): Promise<void> {
  await product.request('POST', `/api/runs/${id}/cancel`, { headers: { authorization: `Bearer ${key}` } })
  await expect
    .poll(async () => (await product.request('GET', '/api/retrain/status')).json['is_running'], {
      timeout: 60_000,
    })
    .toBe(false)
}
