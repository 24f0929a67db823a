/** Pages with something on them, narrow and wide, by day and by night, seen by axe. Empty pages are those of
 *  e2e/looks.spec.ts. */
import { expect, type Page } from '@playwright/test'
import { test } from '../reading-product.ts'
import { expectGoodLooksEverywhere } from '../watched.ts'

const OF_OWNERS = [
  '/',
  '/monitoring',
  '/settings',
  '/settings?view=keys',
  '/settings?view=settings',
  '/settings?view=changes',
  '/history',
  '/visualize?classifier=shapes&view=data',
  '/visualize?classifier=shapes&view=model',
  '/visualize?classifier=shapes&view=traffic',
]

async function look(page: Page, address: string): Promise<void> {
  test.setTimeout(300_000)
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
  await expectGoodLooksEverywhere(page)
}

for (const path of OF_OWNERS)
  test(`an owner sees nothing serious on ${path}, on a phone and on a desk, by day and by night`, ({
    ownerPage,
    shared,
  }) => look(ownerPage, shared.url + path))

test('a stranger sees nothing serious in the reference of the API', ({ page, shared }) =>
  look(page, `${shared.url}/docs`))

test('the theme switch fits its column, in the drawer of a phone too', async ({ page, shared }) => {
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(shared.url)
    const menu = page.getByRole('button', { name: 'Menu' })
    if (await menu.isVisible()) await menu.click()
    const themes = page.getByRole('group', { name: 'Theme' })
    await expect(themes).toBeVisible()
    expect(await themes.evaluate((group) => group.scrollWidth - group.clientWidth)).toBe(0)
  }
})
