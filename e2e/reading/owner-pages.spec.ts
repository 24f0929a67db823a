/**
 * What an admin looks up: a line of the log, the images and their features, the history as a file, a route
 * in the reference. What an admin changes is in e2e/owner-pages.spec.ts.
 */
import { readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { pagesOf } from '../pages.ts'
import { test } from '../reading-product.ts'

test('the log line of a refused request is found by its request id', async ({ ownerPage: page, shared }) => {
  const { json } = await shared.request('GET', '/api/models/01a1fdc4-0000-7000-8000-000000000000', {
    headers: { cookie: shared.user },
  })
  const { monitoring } = pagesOf(page, shared)
  await monitoring.open()
  await monitoring.logText.fill(String(json['request_id']))
  await monitoring.search()

  await expect(monitoring.logEntries).toHaveCount(1)
  await expect(monitoring.log).toContainText('GET /api/models/01a1fdc4-0000-7000-8000-000000000000 404')
  await expect(page).toHaveURL(/find=/)
})

test('the features of images are shown: mean images, brightness, size; each plot as a table and as CSV', async ({
  ownerPage: page,
  shared,
}) => {
  const { charts, models } = pagesOf(page, shared)
  await charts.open('shapes', 'images/insights')
  const mean = charts.meanImage('ring')
  await mean.scrollIntoViewIfNeeded()
  await expect.poll(() => mean.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(32)
  await charts.showMeanImagesAsTable()
  await expect(charts.table('Features of the images of each class')).toContainText(/ring.*32 px/)
  await charts.showTable('Brightness')
  await expect(charts.tableOf('Brightness')).toContainText('50–55')
  const csv = await charts.downloadCsv('Brightness')
  expect(readFileSync(await csv.path(), 'utf8').split('\r\n')[0]).toBe('"Brightness, % of white",images')
  await models.open('shapes', 'v1')
  await expect(models.summary).toBeVisible()
})

test('the history is exported as CSV, and file names cannot become spreadsheet formulas', async ({
  ownerPage: page,
  shared,
}) => {
  const { history } = pagesOf(page, shared)
  await history.open('shapes')
  const csv = await history.downloadCsv()
  const lines = readFileSync(await csv.path(), 'utf8')
    .trimEnd()
    .split('\r\n')

  expect(csv.suggestedFilename()).toMatch(/^predictions-shapes-\d{4}-\d\d-\d\d\.csv$/)
  expect(lines[0]).toMatch(/^id,timestamp,classifier,/)
  expect(lines.length).toBeGreaterThan(8)
  expect(lines.filter((line) => line.includes(",'=image "))).not.toEqual([])
})

test('the reference can be searched, and a link opens the route that it names', async ({ page, shared }) => {
  const { reference } = pagesOf(page, shared)
  await reference.open()
  await reference.search('rollback')
  await expect(reference.matching).toHaveText('1 matching endpoint')
  await reference.unfold('/api/models/rollback')
  await expect(reference.curlLine('POST /api/models/rollback')).toBeVisible()
  await reference.search('nothing like this')
  await expect(reference.nothingMatches).toBeVisible()
  await page.goto('about:blank') // else only the fragment changes, and the page stays
  await reference.open('#post-api-predict')
  await expect(reference.curlLine('POST /api/predict')).toBeVisible()
})
