/** What an owner does: adds people and keys, watches the machine, deletes predictions. What an owner only reads
 *  is in e2e/reading/owner-pages.spec.ts. */
import { expect, type Page } from '@playwright/test'
import { drawShape, SHAPES } from '#lib/domain/shapes.ts'
import { encodePng } from '#lib/images/png.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'
import { settled, test } from './watched.ts'

const PASSWORD = 'correct horse battery'
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
  form.append('file', image(seed), `=picture ${seed}.png`)
  return product.ask('POST', '/api/predict?classifier=shapes', { body: form })
}

async function logIn(page: Page, email = 'ada@example.org'): Promise<void> {
  await page.goto(`${product.url}/login`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL(`${product.url}/`)
}

test('a key is made, shown once, works, and opens nothing after it is revoked', async ({ page }) => {
  await logIn(page)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('link', { name: 'API keys' }).click()
  await expect(page.getByRole('heading', { name: 'Create API key' })).toBeVisible()
  await page.getByLabel('Name', { exact: true }).fill('Packing-line camera')
  await page.getByRole('checkbox', { name: 'user' }).check()
  await page.getByRole('button', { name: 'Create key' }).click()

  const shown = page.getByLabel('API key', { exact: true })
  const key = await shown.innerText()
  const asKey = { headers: { authorization: `Bearer ${key}` } }
  expect((await product.ask('GET', '/api/predictions', asKey)).status).toBe(200)
  expect((await product.ask('GET', '/api/keys', asKey)).status).toBe(403)
  await page.setViewportSize({ width: 360, height: 800 })
  expect(
    await shown.evaluate(
      (code) =>
        code.scrollWidth <= code.clientWidth && code.getBoundingClientRect().right < window.innerWidth,
    ),
  ).toBe(true) // whole, on a phone too
  await page.getByRole('button', { name: 'Done' }).click()
  await page.reload()
  expect(await page.content()).not.toContain(key)

  await page
    .getByRole('row', { name: /Packing-line camera/ })
    .getByRole('button', { name: /Revoke/ })
    .click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByRole('row', { name: /Packing-line camera/ })).toHaveCount(0)
  expect((await product.ask('GET', '/api/predictions', asKey)).status).toBe(401)
})

test('somebody is let in, may not settle things, and is shut out', async ({ page, browser }) => {
  await logIn(page)
  await page.goto(`${product.url}/settings`)
  await page.getByLabel('Name').fill('Grace')
  await page.getByLabel('E-mail').fill('grace@example.org')
  await page.getByLabel('Initial password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByRole('row', { name: /grace@example.org/ })).toBeVisible()

  const theirs = await browser.newPage()
  await logIn(theirs, 'grace@example.org')
  await expect(theirs.getByRole('link', { name: 'Settings', exact: true })).toHaveCount(0)
  await theirs.goto(`${product.url}/settings`)
  await expect(theirs.getByText('Only admins can open this page')).toBeVisible()

  await page.getByRole('button', { name: 'Edit Grace' }).click()
  await page.getByLabel('Disabled').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('row', { name: /grace@example.org/ })).toContainText('disabled')
  await theirs.goto(`${product.url}/history`)
  await expect(theirs).toHaveURL(/\/login/)
  await theirs.close()
  await page.goto(`${product.url}/settings?view=changes`)
  await expect(page.getByRole('row', { name: /changed a user/ }).first()).toContainText('Ada')
  await expect(page.getByRole('table')).not.toContainText('/api/')
})

test('the figures of the machine move while one looks, and stand still when paused', async ({ page }) => {
  await page.goto(`${product.url}/monitoring`)
  const predictions = page.getByRole('group', { name: 'Predictions' })
  expect(
    await page.locator('.gauge-name').allInnerTexts(),
    'what people notice stands above what explains it',
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
  await expect(page.getByRole('row', { name: /inference/ }).first()).toBeVisible()
  await expect(page.getByText('in use', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Log' })).toHaveCount(0) // a stranger reads no log

  await page.getByRole('button', { name: 'Pause' }).click()
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await predict(21)
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.waitForRequest(/\/api\/metrics$/)
  expect(requested.filter((url) => url.endsWith('/api/metrics'))).toHaveLength(1)
})

test('ten pictures are answered together, well under a second', async () => {
  const form = () => {
    const made = new FormData()
    for (let i = 0; i < 10; i++) made.append('files', image(i), `${i}.png`)
    return made
  }
  const tries: number[] = []
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    const { json } = await product.ask('POST', '/api/predict/batch?classifier=shapes', { body: form() })
    tries.push(performance.now() - began)
    expect(json).toMatchObject({ success: true, count: 10 })
  }

  expect(Math.min(...tries)).toBeLessThan(1_000)
})

test('an admin deletes one prediction, then all that fit a filter, and is told how many before', async ({
  page,
}) => {
  await logIn(page)
  await page.goto(`${product.url}/history`)
  const rows = page.getByRole('row')
  await expect(rows.nth(1)).toBeVisible()
  const before = await rows.count()

  await page
    .getByRole('button', { name: /^Delete the prediction of/ })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await expect(rows).toHaveCount(before)
  await page
    .getByRole('button', { name: /^Delete the prediction of/ })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete prediction' }).click()
  await expect(rows).toHaveCount(before - 1)

  await page.goto(`${product.url}/history?min=0`)
  await page.getByRole('button', { name: 'Delete matching' }).click()
  const dialog = page.getByRole('dialog', { name: /^Delete \d+ predictions?\?$/ })
  await expect(dialog).toContainText('not only those on this page')
  await dialog.getByRole('button', { name: /^Delete \d+ prediction/ }).click()
  await expect(page.getByText('No matching predictions')).toBeVisible()
  expect((await product.ask('GET', '/api/statistics?classifier=shapes')).json['total_predictions']).toBe(0)
})

test('arrow keys change neither a setting nor the level of the log; the button does', async ({ page }) => {
  await logIn(page)
  await page.goto(`${product.url}/settings?view=settings`)
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'PATCH') sent.push(request.url())
  })
  const setting = page.getByLabel('AUTO_PROMOTE', { exact: true })
  await setting.focus()
  await setting.press('ArrowDown')
  await page.getByRole('button', { name: 'Save AUTO_PROMOTE' }).focus()
  await settled(page)
  expect(sent).toEqual([])
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^AUTO_PROMOTE was set to/)).toBeVisible()
  expect(sent).toHaveLength(1)

  await page.goto(`${product.url}/monitoring`)
  const level = page.getByLabel('Level')
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await level.focus()
  await level.press('ArrowDown')
  await settled(page)
  expect(requested.filter((url) => url.includes('level='))).toEqual([])
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(/level=/)
})
