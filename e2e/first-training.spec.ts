/** A person's own first classifier, from few pictures: Upload begins with a new one, the training says that
 *  it may end early and that it did, and from then on it is the one that answers where none is named. */
import { expect } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { becomeOwner, logIn, image } from './people.ts'
import { test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

const OF_EACH = 12
const TRAINING_MS = 6 * 60_000 // about 30 s on an idle machine of two cores

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

test('Upload begins with a new classifier where nobody has an own one, and shows no uploads of others', async ({
  page,
}) => {
  await becomeOwner(page, app)
  await page.goto(`${app.url}/upload`)

  await expect(page.getByLabel('Classifier', { exact: true })).toHaveValue('')
  await expect(page.getByText(/Recent uploads/)).toHaveCount(0)
  await page.getByLabel('Name').fill('Two signs')
  const entries = (['star', 'ring'] as const).flatMap((shape) =>
    Array.from({ length: OF_EACH }, (_, i) => ({
      name: `${shape}/${i}.png`,
      content: image(shape, 5_000 + i),
    })),
  )
  await page
    .getByLabel('Drop images, folders or a ZIP here', { exact: true })
    .setInputFiles({ name: 'signs.zip', mimeType: 'application/zip', buffer: Buffer.from(zipFile(entries)) })
  await page.getByRole('button', { name: 'Upload signs.zip' }).click()
  await expect(page.getByText('Uploaded 24 images successfully').first()).toBeVisible()
  await expect(page.getByText('Recent uploads to Two signs')).toBeVisible()

  await page.getByLabel('Classifier', { exact: true }).selectOption({ label: 'New classifier…' })
  await expect(page.getByText(/Recent uploads/)).toHaveCount(0)
})

test('its training announces the most epochs there will be, and Models leads to it while it runs', async ({
  page,
}) => {
  await logIn(page, app)
  await page.goto(`${app.url}/retrain?classifier=two-signs`)
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await expect(page.getByText(/\d+ of up to \d+/)).toBeVisible()

  await page.goto(`${app.url}/models?classifier=two-signs`)
  await page.getByRole('link', { name: 'Show progress' }).click()
  await expect(page.getByRole('progressbar')).toBeVisible()
})

test('when it has ended, it says after how many epochs and why, on the page and in the API alike', async ({
  page,
}) => {
  test.setTimeout(TRAINING_MS + 60_000)
  await logIn(page, app)
  const newest = async () =>
    (
      (await (await page.request.get(`${app.url}/api/runs?classifier=two-signs`)).json()) as {
        runs: { id: string; epoch: number; epochs: number; best_epoch: number; stopped_early: boolean }[]
      }
    ).runs[0]!
  // by its name: it may have ended already
  await page.goto(`${app.url}/retrain?classifier=two-signs&run=${(await newest()).id}`)
  await expect(page.getByText('v1 was promoted.')).toBeVisible({ timeout: TRAINING_MS })

  const run = await newest()
  expect(run.stopped_early).toBe(run.epoch < run.epochs)
  const sentence = page.getByText(
    `Stopped early after ${run.epoch} of up to ${run.epochs} epochs: no improvement for ` +
      `${run.epoch - run.best_epoch} epochs.`,
  )
  await expect(sentence).toHaveCount(run.stopped_early ? 1 : 0)
})

test('from then on it answers where none is named: on the page, in the API, and first on the dashboard', async ({
  page,
}) => {
  await page.goto(`${app.url}/predict`)
  await expect(page.getByText('get a prediction by Two signs')).toBeVisible()
  // a busy machine may ask to come again in a second
  await expect
    .poll(
      async () =>
        (
          (await (
            await page.request.post(`${app.url}/api/predict`, {
              multipart: {
                file: { name: 'star.png', mimeType: 'image/png', buffer: image('star', 7_000) },
              },
            })
          ).json()) as { classifier?: string }
        ).classifier,
    )
    .toBe('two-signs')

  await page.goto(app.url)
  await expect(page.getByRole('heading', { level: 3 }).first()).toHaveText('Two signs')
})

test('what promises nothing is found in the history under the words on its badge', async ({ page }) => {
  await logIn(page, app)
  await page.goto(`${app.url}/history?classifier=two-signs`)
  const words = await page.locator('.badge').first().textContent()
  await page.getByLabel('Confidence level').selectOption({ label: words ?? '' })
  await page.getByRole('button', { name: 'Filter' }).click()

  await expect(page.getByText('star.png').first()).toBeVisible()
})
