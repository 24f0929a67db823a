/** Pages with something on them, narrow and wide, by day and by night, seen by axe. Empty pages are those of
 *  e2e/looks.spec.ts. */
import { expect, type Page } from '@playwright/test'
import { FULL_PAGES } from '../page-urls.ts'
import { pagesOf } from '../pages.ts'
import { test } from '../reading-product.ts'
import { expectGoodLooksEverywhere } from '../watched.ts'

async function look(page: Page, { url }: { readonly url: string }, path: string): Promise<void> {
  test.setTimeout(300_000)
  const { frame } = pagesOf(page, { url })
  await frame.open(path)
  await expect(frame.heading.first()).toBeVisible()
  await expectGoodLooksEverywhere(page)
}

for (const path of FULL_PAGES)
  test(`an owner sees nothing serious on ${path}, on a phone and on a desk, by day and by night`, ({
    ownerPage,
    shared,
  }) => look(ownerPage, shared, path))

test('a stranger sees nothing serious in the reference of the API', ({ page, shared }) =>
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
