/**
 * The first day of an admin, in order: an anonymous prediction, the first account, fifty images, one click,
 * a new version, and a rollback. On `shapes`, which needs no download.
 */
import { expect, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { SHAPES, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn, setupAddress } from './people.ts'
import { expectNoAxeFindings, settled, test } from './watched.ts'
import { startEmptyProduct, type FreshProduct } from './own-product.ts'

const IMAGE_COUNT = 50
const TRAINING_MS = 8 * 60_000 // about 10 s on an idle machine of two cores
/** What one click trains without a setting; two show a curve. */
const SETTINGS = { DEFAULT_EPOCHS: '2' }

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startEmptyProduct(SETTINGS)
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

const predictDrawn = async (page: Page, shape: ShapeName, seed: number) => {
  const { predict } = pagesOf(page, app)
  await predict.open('shapes')
  await predict.drop({ name: `${shape}.png`, mimeType: 'image/png', buffer: image(shape, seed) })
  return predict
}

test('an anonymous user uploads an image and sees its class, confidence and version', async ({ page }) => {
  const { predictedClass, prediction } = await predictDrawn(page, 'triangle', 1)

  await expect(predictedClass).toHaveText('triangle')
  await expect(prediction).toContainText(/\d+\.\d %/)
  await expect(prediction).toContainText('shapes v1')
})

test('on request the page explains the prediction with a heat map and a sentence', async ({ page }) => {
  const predict = await predictDrawn(page, 'star', 7)
  await predict.explain()

  await expect(predict.explanation).toBeVisible()
  await expect(predict.mapTiles(await predict.explanation.innerText())).toHaveCount(49)
  await expect(predict.prediction).toContainText('not why')
  await expectNoAxeFindings(page)
})

test('an anonymous user who opens Train is sent to log in or to create the first account', async ({
  page,
}) => {
  const { retrain, setup } = pagesOf(page, app)
  await retrain.open('shapes')

  await expect(setup.heading).toBeVisible()
  await expect(retrain.startButton).toHaveCount(0)
  expect(
    (await page.request.post(`${app.url}/api/retrain`, { data: { classifier: 'shapes' } })).status(),
  ).toBe(401)
})

test('the first admin account is created once, through the printed link', async ({ page }) => {
  await becomeOwner(page, app)

  const token = new URL(setupAddress(app)).searchParams.get('token')
  const again = await page.request.post(`${app.url}/api/setup`, {
    data: { token, name: 'Eve', email: 'eve@example.org', password: 'let me in, please' },
  })
  expect(again.status()).toBe(403) // the link is used up
  const people = (await (await page.request.get(`${app.url}/api/users`)).json()) as { users: unknown[] }
  expect(people.users).toHaveLength(1)
})

test('fifty images are uploaded as a ZIP of class folders, with a report', async ({ page }) => {
  const { upload } = pagesOf(page, app)
  await logIn(page, app)
  await upload.open('shapes')
  const entries = Array.from({ length: IMAGE_COUNT }, (_, i) => ({
    name: `${SHAPES[i % SHAPES.length]}/${i}.png`,
    content: image(SHAPES[i % SHAPES.length]!, 100 + i),
  }))
  await upload.select('fifty.zip', Buffer.from(zipFile(entries)))
  await upload.send('fifty.zip')

  await expect(upload.report(IMAGE_COUNT)).toBeVisible()
})

test('one click trains a new version, shows live curves and states whether it is better', async ({
  page,
}) => {
  test.setTimeout(TRAINING_MS + 60_000)
  const { retrain } = pagesOf(page, app)
  await logIn(page, app)
  await retrain.open('shapes')
  await expect(retrain.newImages(IMAGE_COUNT)).toBeVisible()
  await retrain.start('Retrain')

  await expect(retrain.progress).toBeVisible()
  await retrain.open('shapes') // a page opened later, by the menu, shows the same
  await expect(retrain.accuracyCurve).toBeVisible({ timeout: TRAINING_MS })
  await expect(retrain.verdict).toBeVisible({ timeout: TRAINING_MS })
  // the result stays when the training has ended
  await expect(retrain.allVersions.or(retrain.compareVersions)).toBeVisible()
})

test('the promoted version serves the next prediction; after a rollback the earlier one does', async ({
  page,
}) => {
  const { models } = pagesOf(page, app)
  await logIn(page, app)
  await models.open('shapes')
  if (await models.promoteButton('v2').isVisible()) {
    // the evaluation was inconclusive, or found it worse: a person may still promote it
    await models.promote('v2')
    await expect(models.promoted('v2')).toBeVisible()
  }
  await expect((await predictDrawn(page, 'star', 2)).prediction).toContainText('shapes v2')

  await models.open('shapes')
  await models.rollBack()
  await expect(models.liveAgain('v1')).toBeVisible()
  await expect((await predictDrawn(page, 'star', 3)).prediction).toContainText('shapes v1')
})

test('two versions are compared side by side, with the number of images on which they differ', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const { models } = pagesOf(page, app)
  await logIn(page, app)
  await models.open('shapes')
  await models.compare()

  await expect(models.difference).toBeVisible({ timeout: 120_000 })
})

test('a wrong prediction is corrected in the history, and the correction is listed for the next training run', async ({
  page,
}) => {
  const { history, frame } = pagesOf(page, app)
  await logIn(page, app)
  await history.open('shapes')
  await history.markIncorrect()
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url()))
  await expect(history.correctClass).toBeFocused()
  for (const key of ['ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  await settled(page)
  expect(sent.filter((url) => url.endsWith('/feedback'))).toEqual([]) // only a button stores it
  await history.chooseClass('ring')

  await expect(history.corrected('ring')).toBeVisible()
  await expect(frame.focused).toHaveAccessibleName(/^Change the feedback on/)
  await history.undoFeedback.press('Enter')
  await expect(history.corrected('ring')).toHaveCount(0)
  await expect(frame.focused).toHaveText('Correct')
  await history.markIncorrect()
  await history.chooseClass('ring')
  await expect(history.corrected('ring')).toBeVisible()

  await history.select(2)
  await history.bulkButton('Mark correct and add to training').press('Enter')
  await expect(history.inTraining).toHaveCount(2)
  await expect(frame.focused).toHaveText('Mark correct and add to training')
  await history.bulkButton('Undo').click()
  await expect(history.inTraining).toHaveCount(0)
  await expect(history.corrected('ring')).toBeVisible()
  await frame.open('/')
  await expect(frame.correctionsWaiting(1)).toBeVisible()
})

test('a seven drawn with the mouse is predicted as a seven', async ({ page }) => {
  const { predict } = pagesOf(page, app)
  await predict.open('mnist')
  await predict.draw([
    [0.28, 0.25],
    [0.4, 0.24],
    [0.55, 0.24],
    [0.7, 0.25],
    [0.64, 0.4],
    [0.56, 0.55],
    [0.5, 0.7],
    [0.46, 0.82],
  ])

  await expect(predict.predictedClass).toHaveText('7')
})

test('the switcher shows another classifier on the same page, by keyboard alone', async ({ page }) => {
  const { frame, predict } = pagesOf(page, app)
  await predict.open('mnist')
  await expect(page).toHaveTitle('Predict · Handwritten digits · Darkroom')
  await frame.switcher.press('Enter')
  await expect(frame.switcherSearch).toBeFocused()
  await frame.switcherSearch.fill('shap')
  await expect(frame.switcherOptions).toHaveText(['Shapes'])
  await frame.switcherSearch.press('Enter')

  await expect(page).toHaveURL(/\/classifiers\/shapes\/predict$/)
  await expect(page).toHaveTitle('Predict · Shapes · Darkroom')
  await expect(frame.breadcrumbs).toHaveText(['Classifiers', 'Shapes', 'Predict'])
  await expect(frame.switcherSearch).toHaveCount(0)
  await frame.switcher.press('Enter')
  await frame.switcherSearch.press('Escape')
  await expect(frame.switcher).toBeFocused()
})
