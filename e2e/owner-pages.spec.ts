/**
 * What an admin does: adds users and keys, monitors the machine, deletes predictions. What an admin only
 * reads is in e2e/reading/owner-pages.spec.ts.
 */
import { expect } from '@playwright/test'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { ADMIN, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { logIn } from './people.ts'
import { settled, test } from './watched.ts'

const GRACE = { name: 'Grace', email: 'grace@example.org', password: ADMIN.password }
const image = (seed: number) =>
  new Blob([new Uint8Array(encodePng(drawShape(SHAPES[seed % SHAPES.length]!, 9_000 + seed)))], {
    type: 'image/png',
  })

let product: OwnProduct

test.beforeAll(async () => {
  test.setTimeout(180_000)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'shapes' })
  for (let i = 0; i < 8; i++) await predict(i)
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

async function predict(seed: number) {
  const form = new FormData()
  form.append('file', image(seed), `=image ${seed}.png`)
  return product.request('POST', '/api/predict?classifier=shapes', { body: form })
}

test('a key is created, shown once, works, and is rejected after it is revoked', async ({ page }) => {
  const { frame, keys } = pagesOf(page, product)
  await logIn(page, product, ADMIN)
  await frame.settingsLink.click()
  await keys.open()
  await expect(keys.createHeading).toBeVisible()
  await keys.create('Packing-line camera', 'user')

  const key = await keys.shown.innerText()
  const asKey = { headers: { authorization: `Bearer ${key}` } }
  expect((await product.request('GET', '/api/predictions', asKey)).status).toBe(200)
  expect((await product.request('GET', '/api/keys', asKey)).status).toBe(403)
  await page.setViewportSize({ width: 360, height: 800 })
  expect(
    await keys.shown.evaluate(
      (code) =>
        code.scrollWidth <= code.clientWidth && code.getBoundingClientRect().right < window.innerWidth,
    ),
  ).toBe(true) // whole, on a phone too
  await keys.done()
  await page.reload()
  expect(await page.content()).not.toContain(key)

  await keys.revoke('Packing-line camera')
  await expect(keys.row('Packing-line camera')).toHaveCount(0)
  expect((await product.request('GET', '/api/predictions', asKey)).status).toBe(401)
})

test('a new user logs in, cannot change settings, and is removed', async ({ page, browser }) => {
  const { users, changes } = pagesOf(page, product)
  await logIn(page, product, ADMIN)
  await users.open()
  await users.add(GRACE)
  await expect(users.row(GRACE.email)).toBeVisible()

  const theirTab = await browser.newPage()
  const theirs = pagesOf(theirTab, product)
  await logIn(theirTab, product, GRACE)
  await expect(theirs.frame.settingsLink).toHaveCount(0)
  await theirs.users.open()
  await expect(theirs.users.adminsOnly).toBeVisible()

  await users.disable(GRACE.name)
  await expect(users.row(GRACE.email)).toContainText('disabled')
  await theirs.history.open('shapes')
  await expect(theirTab).toHaveURL(/\/login/)
  await theirTab.close()
  await changes.open()
  await expect(changes.row('changed a user')).toContainText('Ada')
  await expect(changes.table).not.toContainText('/api/')
})

test('the metrics update while the page is open, and stop when paused', async ({ page }) => {
  const { monitoring } = pagesOf(page, product)
  await monitoring.open()
  const predictions = monitoring.gauge('Predictions')
  expect(
    await monitoring.gaugeNames(),
    'figures that users notice are above those that explain them',
  ).toEqual([
    'Requests',
    'Median latency',
    'Server errors (5xx)',
    'Predictions',
    'Queue',
    'CPU',
    'Memory',
    'Data disk',
  ])
  const before = await predictions.innerText()
  await predict(20)
  await expect(predictions).not.toHaveText(before)
  await expect(monitoring.process('predict')).toBeVisible()
  await expect(monitoring.inUse).toBeVisible()
  await expect(monitoring.logHeading).toHaveCount(0) // a visitor cannot read the log

  await monitoring.pause()
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await predict(21)
  await monitoring.resume()
  await page.waitForRequest(/\/api\/metrics$/)
  expect(requested.filter((url) => url.endsWith('/api/metrics'))).toHaveLength(1)
})

test('ten images in one request are predicted in well under a second', async () => {
  const form = () => {
    const made = new FormData()
    for (let i = 0; i < 10; i++) made.append('files', image(i), `${i}.png`)
    return made
  }
  const tries: number[] = []
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    const { json } = await product.request('POST', '/api/predict/batch?classifier=shapes', { body: form() })
    tries.push(performance.now() - began)
    expect(json).toMatchObject({ success: true, count: 10 })
  }

  expect(Math.min(...tries)).toBeLessThan(1_000)
})

test('predictions without feedback are reviewed, the least certain first; one with feedback leaves the queue', async ({
  page,
}) => {
  const { history } = pagesOf(page, product)
  await logIn(page, product, ADMIN)
  await history.open('shapes')
  await expect(history.rows.nth(1)).toBeVisible()

  await history.reviewLink.click()
  await expect(page).toHaveURL(/feedback=none&sort=least_certain/)
  await expect(history.reviewLink).toBeHidden()
  const queue = await history.confidences()
  expect(queue.length).toBeGreaterThan(1)
  expect(queue).toEqual(queue.toSorted((a, b) => a - b))

  await history.confirm()
  await expect(history.confirmed).toBeVisible()
  await page.reload()
  await expect.poll(() => history.confidences()).toEqual(queue.slice(1))
})

test('an admin deletes one prediction, then all that match a filter, after confirming their number', async ({
  page,
}) => {
  const { history, frame } = pagesOf(page, product)
  await logIn(page, product, ADMIN)
  await history.open('shapes')
  const rows = history.rows
  await expect(rows.nth(1)).toBeVisible()
  const before = await rows.count()

  await history.deleteNewest()
  await frame.dialog.cancel()
  await expect(rows).toHaveCount(before)
  await history.deleteNewest()
  await frame.dialog.confirm('Delete prediction')
  await expect(rows).toHaveCount(before - 1)

  await history.open('shapes', { min: '0' })
  await history.deleteMatching()
  await expect(history.matchingDialog.itself).toContainText('not only those on this page')
  await history.matchingDialog.confirm(/^Delete \d+ prediction/)
  await expect(history.nothingMatches).toBeVisible()
  expect((await product.request('GET', '/api/statistics?classifier=shapes')).json['total_predictions']).toBe(
    0,
  )
})

test('arrow keys change neither a setting nor the log level; the button does', async ({ page }) => {
  const { settings, monitoring } = pagesOf(page, product)
  await logIn(page, product, ADMIN)
  await settings.open()
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'PATCH') sent.push(request.url())
  })
  const setting = settings.setting('AUTO_PROMOTE')
  await setting.focus()
  await setting.press('ArrowDown')
  await settings.saveButton('AUTO_PROMOTE').focus()
  await settled(page)
  expect(sent).toEqual([])
  await page.keyboard.press('Enter')
  await expect(settings.saved('AUTO_PROMOTE')).toBeVisible()
  expect(sent).toHaveLength(1)

  await monitoring.open()
  const level = monitoring.logLevel
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await level.focus()
  await level.press('ArrowDown')
  await settled(page)
  expect(requested.filter((url) => url.includes('level='))).toEqual([])
  await monitoring.search()
  await expect(page).toHaveURL(/level=/)
})
