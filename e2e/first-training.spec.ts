/**
 * A user's first classifier, from few images: Upload offers a new one, training says that it may end early
 * and that it did, and from then on it is the default classifier.
 */
import { expect } from '@playwright/test'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn, twoSigns } from './people.ts'
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

test('a new classifier is created with its first images, and its uploads are on its own page', async ({
  page,
}) => {
  const { newClassifier, upload } = pagesOf(page, app)
  await becomeOwner(page, app)
  await newClassifier.create('Two signs', { name: 'signs.zip', buffer: twoSigns(OF_EACH) })

  await upload.open('two-signs')
  await expect(upload.recentUploads('Two signs')).toBeVisible()
})

test('its training run shows the maximum number of epochs', async ({ page }) => {
  const { retrain } = pagesOf(page, app)
  await logIn(page, app)
  await retrain.open('two-signs')
  await retrain.start('Train')
  await expect(retrain.epochsOf).toBeVisible()
})

test('when it has ended, the page and the API state after how many epochs and why', async ({ page }) => {
  test.setTimeout(TRAINING_MS + 60_000)
  await logIn(page, app)
  const newest = async () =>
    (
      (await (await page.request.get(`${app.url}/api/runs?classifier=two-signs`)).json()) as {
        runs: { id: string; epoch: number; epochs: number; best_epoch: number; stopped_early: boolean }[]
      }
    ).runs[0]!
  // by its name: it may have ended already
  const { retrain } = pagesOf(page, app)
  await retrain.open('two-signs', (await newest()).id)
  await expect(retrain.promoted('v1')).toBeVisible({ timeout: TRAINING_MS })

  const run = await newest()
  expect(run.stopped_early).toBe(run.epoch < run.epochs)
  const sentence = retrain.stoppedEarly(run.epoch, run.epochs, run.epoch - run.best_epoch)
  await expect(sentence).toHaveCount(run.stopped_early ? 1 : 0)
})

test('from then on it is the default: on the page, in the API, and first of all classifiers', async ({
  page,
}) => {
  const { frame, predict } = pagesOf(page, app)
  await predict.open()
  await expect(predict.introduction('Two signs')).toBeVisible()
  // a busy machine may answer with a request to retry
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

  await frame.open('/')
  await expect(frame.classifiers.first()).toHaveText('Two signs')
})

test('an uncalibrated prediction is found in the history by the text of its badge', async ({ page }) => {
  const { history } = pagesOf(page, app)
  await logIn(page, app)
  await history.open('two-signs')
  await history.filterByConfidenceLevel(await history.confidenceLevel())

  await expect(page).toHaveURL(/decision=/)
  await expect(history.file('star.png')).toBeVisible()
})

test('Models links to a training run while it runs, and it can be cancelled there', async ({ page }) => {
  const { retrain, models } = pagesOf(page, app)
  await logIn(page, app)
  // from scratch and with many epochs: the training of a last layer is over before a page shows it
  const started = await page.request.post(`${app.url}/api/retrain`, {
    headers: { origin: app.url },
    data: { classifier: 'two-signs', recipe: 'scratch', epochs: 200, force: true },
  })
  expect(started.status()).toBe(202)

  await models.open('two-signs')
  await models.showProgress()
  await expect(retrain.progress).toBeVisible()
  await retrain.cancelButton.click()
  await expect(retrain.progress).toBeHidden({ timeout: 60_000 })
})
