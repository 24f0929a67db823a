/** Every page with nothing on it yet, narrow and wide, by day and by night, seen by axe. Pages with something
 *  on them are those of e2e/reading/looks.spec.ts. */
import { expect, type Page } from '@playwright/test'
import { EMPTY_PAGES, PUBLIC_PAGES } from './page-urls.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner } from './people.ts'
import { expectGoodLooksEverywhere, test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

async function look(page: Page, paths: readonly string[]): Promise<void> {
  const { frame } = pagesOf(page, app)
  for (const path of paths) {
    await test.step(path, async () => {
      await frame.open(path)
      await expect(frame.heading.first()).toBeVisible()
      await expectGoodLooksEverywhere(page)
    })
  }
}

test('what strangers see has nothing serious in either theme, and fits the screen', async ({ page }) => {
  test.setTimeout(300_000)
  await look(page, PUBLIC_PAGES)
})

test('what nobody asked for yet has no empty axes: words say when its plot begins', async ({ page }) => {
  const { monitoring } = pagesOf(page, app)
  await monitoring.open()
  await expect(monitoring.noPredictions).toBeVisible()
  await expect(monitoring.noChartYet).toBeVisible()
})

test('what an owner sees has nothing serious while it is empty', async ({ page }) => {
  test.setTimeout(400_000)
  await becomeOwner(page, app)
  await look(page, EMPTY_PAGES)
})

test('an address that leads nowhere says so, and a failing answer shows what to do', async ({
  page,
  complaints,
}) => {
  const { frame, predict } = pagesOf(page, app)
  await frame.open('/nowhere')
  await expect(frame.notFound).toBeVisible()

  await predict.open('shapes')
  await predict.drop({
    name: 'cat.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('<html><body>not a cat</body></html>'),
  })
  await expect(predict.prediction).toContainText(/HTML/)
  const expected = complaints.splice(0)
  expect(
    expected.every((output) => /404|415/.test(output)),
    expected.join('\n'),
  ).toBe(true)
})
