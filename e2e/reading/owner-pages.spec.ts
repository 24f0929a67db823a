/** What an owner looks up: a line of the log, the pictures and their measures, the history as a file, a route
 *  in the reference. What an owner changes is in e2e/owner-pages.spec.ts. */
import { readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { test } from '../reading-product.ts'

test('the line of a refusal is found in the log by its request id', async ({ ownerPage: page, shared }) => {
  const { json } = await shared.ask('GET', '/api/models/01a1fdc4-0000-7000-8000-000000000000', {
    headers: { cookie: shared.user },
  })
  await page.goto(`${shared.url}/monitoring`)
  await page.getByLabel('Request ID or text').fill(String(json['request_id']))
  await page.getByRole('button', { name: 'Search' }).click()

  await expect(page.getByLabel('Log entries').getByRole('listitem')).toHaveCount(1)
  await expect(page.getByLabel('Log entries')).toContainText(
    'GET /api/models/01a1fdc4-0000-7000-8000-000000000000 404',
  )
  await expect(page).toHaveURL(/find=/)
})

test('pictures are told by what they look like: mean pictures, light, size; each plot as a table and as CSV', async ({
  ownerPage: page,
  shared,
}) => {
  await page.goto(`${shared.url}/visualize?classifier=shapes&view=data`)
  const mean = page.getByRole('img', { name: /Average of \d+ images of ring/ })
  await mean.scrollIntoViewIfNeeded()
  await expect.poll(() => mean.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(32)
  await page
    .locator('section.card', { hasText: 'Average image per class' })
    .getByRole('button', { name: 'Table' })
    .click()
  await expect(page.getByRole('table', { name: 'Features of the images of each class' })).toContainText(
    /ring.*32 px/,
  )
  const brightness = page.getByRole('region', { name: 'Brightness', exact: true })
  await brightness.getByRole('button', { name: 'Table' }).click()
  await expect(brightness.getByRole('table')).toContainText('50–55')
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    brightness.getByRole('button', { name: 'CSV' }).click(),
  ])
  expect(readFileSync(await csv.path(), 'utf8').split('\r\n')[0]).toBe('"Brightness, % of white",images')
  await page.goto(`${shared.url}/visualize?classifier=shapes&view=model`)
  await expect(page.getByRole('heading', { name: 'Summary' })).toBeVisible()
})

test('the history leaves as CSV, and no file name runs in a spreadsheet', async ({
  ownerPage: page,
  shared,
}) => {
  await page.goto(`${shared.url}/history?classifier=shapes`)
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ])
  const lines = readFileSync(await csv.path(), 'utf8')
    .trimEnd()
    .split('\r\n')

  expect(csv.suggestedFilename()).toMatch(/^predictions-shapes-\d{4}-\d\d-\d\d\.csv$/)
  expect(lines[0]).toMatch(/^id,timestamp,classifier,/)
  expect(lines.length).toBeGreaterThan(8)
  expect(lines[1]).toContain(",'=picture ")
})

test('the reference is searched by words, and a link opens the route that it names', async ({
  page,
  shared,
}) => {
  await page.goto(`${shared.url}/docs`)
  await page.getByLabel('Search the reference').fill('rollback')
  await expect(page.getByRole('status').filter({ hasText: 'matching' })).toHaveText('1 matching endpoint')
  await page.getByText('/api/models/rollback', { exact: true }).click()
  await expect(page.getByLabel('curl for POST /api/models/rollback')).toBeVisible()
  await page.getByLabel('Search the reference').fill('nothing like this')
  await expect(page.getByText('No matching endpoint')).toBeVisible()
  await page.goto('about:blank') // else only the fragment changes, and the page stays
  await page.goto(`${shared.url}/docs#post-api-predict`)
  await expect(page.getByLabel('curl for POST /api/predict', { exact: true })).toBeVisible()
})
