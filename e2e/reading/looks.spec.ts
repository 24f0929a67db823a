/** Pages with data, narrow and wide, light and dark, checked by axe. e2e/looks.spec.ts checks empty pages. */
import { expect, type Page } from '@playwright/test'
import { FULL_PAGES } from '../page-urls.ts'
import { pagesOf } from '../pages.ts'
import { test } from '../reading-product.ts'
import { expectFewScriptBytes, expectNoAxeFindingsEverywhere } from '../watched.ts'

async function look(page: Page, { url }: { readonly url: string }, path: string): Promise<void> {
  test.setTimeout(300_000)
  const { frame } = pagesOf(page, { url })
  await frame.open(path)
  await expect(frame.heading.first()).toBeVisible()
  await expectNoAxeFindingsEverywhere(page)
  await expectFewScriptBytes(page)
}

for (const path of FULL_PAGES)
  test(`an admin’s page ${path} has no accessibility problem, on a phone and a desktop, light and dark`, ({
    ownerPage,
    shared,
  }) => look(ownerPage, shared, path))

test('the API reference has no accessibility problem without a login', ({ page, shared }) =>
  look(page, shared, '/docs'))

test('the theme switch fits its column, in the drawer of a phone too', async ({ page, shared }) => {
  const { frame } = pagesOf(page, shared)
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await frame.open('/')
    if (await frame.menu.isVisible()) await frame.menu.click()
    await expect(frame.themes).toBeVisible()
    expect(await frame.themes.evaluate((group) => group.scrollWidth - group.clientWidth)).toBe(0)
  }
})
