/**
 * Every page while it is empty, narrow and wide, light and dark, checked by axe. e2e/reading/looks.spec.ts
 * checks pages with data.
 */
import { expect, type Page } from '@playwright/test'
import { EMPTY_PAGES, PUBLIC_PAGES } from './page-urls.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner } from './people.ts'
import { expectFewScriptBytes, expectNoAxeFindingsEverywhere, test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

async function expectGoodPages(page: Page, paths: readonly string[]): Promise<void> {
  const { frame } = pagesOf(page, app)
  for (const path of paths) {
    await test.step(path, async () => {
      await frame.open(path)
      await expect(frame.heading.first()).toBeVisible()
      await expectNoAxeFindingsEverywhere(page)
      await expectFewScriptBytes(page)
    })
  }
}

test('public pages have no accessibility problem in either theme, fit the screen, and load few scripts', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await expectGoodPages(page, PUBLIC_PAGES)
})

test('charts without data show a sentence instead of empty axes', async ({ page }) => {
  const { monitoring } = pagesOf(page, app)
  await monitoring.open()
  await expect(monitoring.noPredictions).toBeVisible()
  await expect(monitoring.noChartYet).toBeVisible()
})

test('an admin’s pages have no accessibility problem while they are empty', async ({ page }) => {
  test.setTimeout(400_000)
  await becomeOwner(page, app)
  await expectGoodPages(page, EMPTY_PAGES)
})

test('an unknown URL shows a not-found page, and a failed page shows what to do', async ({
  page,
  complaints,
}) => {
  const { frame, predict } = pagesOf(page, app)
  await frame.open('/nowhere')
  await expect(frame.notFound).toBeVisible()
  await frame.open('/classifiers/nowhere')
  await expect(frame.heading.first()).toBeVisible()
  await expectNoAxeFindingsEverywhere(page)

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
