/** An interface apart from the API: a page that another server serves asks the product with a key, in a
 *  browser, if CORS_ORIGINS names its site. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { ROOT } from '#lib/checks/sources.ts'
import { remotePage } from './pages/remote.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'
import { image } from './people.ts'

let ours: Server
let theirs: Server
let product: OwnProduct

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ours = await startSite()
  theirs = await startSite()
  product = await startOwnProduct({
    DEFAULT_CLASSIFIER: 'shapes',
    CORS_ORIGINS: addressOf(ours),
    PUBLIC_PREDICT: 'false',
  })
})
test.afterAll(async () => {
  for (const site of [ours, theirs]) site.close()
  await product[Symbol.asyncDispose]()
})

/** A site with public/remote.html, and pages without anything of the product. */
async function startSite(): Promise<Server> {
  const remote = readFileSync(path.join(ROOT, 'public/remote.html'))
  const site = createServer(({ url }, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end(url === '/remote.html' ? remote : '<!doctype html><title>Another site</title>'),
  ).listen(0, '127.0.0.1')
  await once(site, 'listening')
  return site
}

const addressOf = (site: Server): string => `http://127.0.0.1:${(site.address() as AddressInfo).port}`

test('a page of an allowed site predicts with a key, and a page of another site cannot', async ({ page }) => {
  const key = await product.key('predict')
  const predictFrom = async (site: Server): Promise<unknown> => {
    await page.goto(addressOf(site))
    return page.evaluate(
      async ({ url, key, bytes }) => {
        const form = new FormData()
        form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'star.png')
        try {
          const response = await fetch(`${url}/api/predict`, {
            method: 'POST',
            headers: { authorization: `Bearer ${key}` },
            body: form,
          })
          const answer: unknown = await response.json()
          return answer
        } catch (error) {
          return String(error)
        }
      },
      { url: product.url, key, bytes: [...image('star', 1)] },
    )
  }

  expect(await predictFrom(ours)).toMatchObject({ success: true, predicted_class: 'star' })
  expect(await predictFrom(theirs)).toMatch(/^TypeError/)
})

test('public/remote.html on an allowed site predicts, uploads, and shows the status of training', async ({
  page,
}) => {
  const remote = remotePage(page)
  const star = { name: 'star.png', mimeType: 'image/png', buffer: image('star', 2) }

  await remote.open(addressOf(ours))
  await remote.connect(product.url, await product.key('predict', 'upload', 'train'))
  await expect(remote.connected).toHaveText(/^Connected\. \d+ classifiers\.$/)
  await remote.classifier.selectOption('shapes')

  await remote.predict(star)
  await expect(remote.prediction).toHaveText(/^star \(\d+\.\d %/)
  await remote.upload('star', star)
  await expect(remote.uploaded).toHaveText(/1 image|already/)
  await remote.showStatus()
  await expect(remote.training).not.toHaveText(/Working|No answer/)

  await remote.open(addressOf(theirs))
  await remote.connect(product.url, '')
  await expect(remote.connected).toContainText('CORS_ORIGINS')
})
