/** The first day of an owner, in the order in which they live it: a stranger's answer, the first admin, fifty
 *  pictures, one click, a new version, and back. On `shapes`, which needs no download. */
import { expect, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { SHAPES, type ShapeName } from '#lib/domain/shapes.ts'
import { becomeOwner, image, logIn, setupAddress } from './people.ts'
import { expectGoodLooks, settled, test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

const PICTURES = 50
const TRAINING_MS = 8 * 60_000 // about 20 s on an idle machine of two cores

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

const ask = async (page: Page, shape: ShapeName, seed: number) => {
  await page.goto(`${app.url}/predict?classifier=shapes`)
  await page
    .getByLabel('Drop or paste images here')
    .setInputFiles({ name: `${shape}.png`, mimeType: 'image/png', buffer: image(shape, seed) })
  return page.getByRole('region', { name: 'Prediction' })
}

test('a stranger brings a picture and is told what it is, how sure that is, and by whom', async ({
  page,
}) => {
  const answer = await ask(page, 'triangle', 1)

  await expect(answer.locator('.answer')).toHaveText('triangle') // the region lists every class
  await expect(answer).toContainText(/\d+\.\d %/)
  await expect(answer).toContainText('shapes v1')
})

test('asked where it looks, the page lays a map over the picture and says the same in a sentence', async ({
  page,
}) => {
  const answer = await ask(page, 'star', 7)
  await answer.getByRole('button', { name: 'Explain prediction' }).click()

  const sentence = answer.getByText(
    /^The prediction depends most on the [a-z ]+: covering it lowers the probability by \d+ points?\.$/,
  )
  await expect(sentence).toBeVisible()
  await expect(
    answer.getByRole('img', { name: await sentence.innerText(), exact: true }).locator('span'),
  ).toHaveCount(49)
  await expect(answer).toContainText('not why')
  await expectGoodLooks(page)
})

test('a stranger who wants to train is asked for an account: as nobody has one, for the administrator’s', async ({
  page,
}) => {
  await page.goto(`${app.url}/retrain?classifier=shapes`)

  await expect(page.getByRole('heading', { name: 'Create the administrator account' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^(Train|Retrain)$/ })).toHaveCount(0)
  expect(
    (await page.request.post(`${app.url}/api/retrain`, { data: { classifier: 'shapes' } })).status(),
  ).toBe(401)
})

test('who started the product becomes its admin by the printed address, once', async ({ page }) => {
  await becomeOwner(page, app)

  const token = new URL(setupAddress(app)).searchParams.get('token')
  const again = await page.request.post(`${app.url}/api/setup`, {
    data: { token, name: 'Eve', email: 'eve@example.org', password: 'let me in, please' },
  })
  expect(again.status()).toBe(403) // the link is used up
  const people = (await (await page.request.get(`${app.url}/api/users`)).json()) as { users: unknown[] }
  expect(people.users).toHaveLength(1)
})

test('fifty pictures come in as a ZIP of class folders, with a report', async ({ page }) => {
  await logIn(page, app)
  await page.goto(`${app.url}/upload?classifier=shapes`)
  const entries = Array.from({ length: PICTURES }, (_, i) => ({
    name: `${SHAPES[i % SHAPES.length]}/${i}.png`,
    content: image(SHAPES[i % SHAPES.length]!, 100 + i),
  }))
  await page
    .getByLabel('Drop images, folders or a ZIP here', { exact: true })
    .setInputFiles({ name: 'fifty.zip', mimeType: 'application/zip', buffer: Buffer.from(zipFile(entries)) })
  await page.getByRole('button', { name: 'Upload fifty.zip' }).click()

  await expect(page.getByText('Uploaded 50 images successfully').first()).toBeVisible()
})

test('one click trains a new version with a live curve, and says in words whether it is better', async ({
  page,
}) => {
  test.setTimeout(TRAINING_MS + 60_000)
  await logIn(page, app)
  await page.goto(`${app.url}/retrain?classifier=shapes`)
  await expect(page.getByText('50 of them new')).toBeVisible()
  await page.getByRole('button', { name: 'Retrain', exact: true }).click()

  await expect(page.getByRole('progressbar')).toBeVisible()
  await page.goto(`${app.url}/retrain?classifier=shapes`) // who comes later, by the menu, sees the same
  await expect(page.getByRole('heading', { name: 'Accuracy' })).toBeVisible({ timeout: TRAINING_MS })
  await expect(page.getByText(/Correct on \d+ images? that the old version got wrong/).first()).toBeVisible({
    timeout: TRAINING_MS,
  })
  // the verdict stays when the training has ended
  await expect(
    page.getByRole('link', { name: 'All versions' }).or(page.getByRole('link', { name: 'Compare versions' })),
  ).toBeVisible()
})

test('the version that the verdict lets in answers the next picture; rolled back, the old one does', async ({
  page,
}) => {
  await logIn(page, app)
  await page.goto(`${app.url}/models?classifier=shapes`)
  const promote = page.getByRole('button', { name: 'Promote v2' })
  if (await promote.isVisible()) {
    // the gate could not tell, or found it worse: a person may still decide
    await promote.click()
    const dialog = page.getByRole('dialog')
    const reason = dialog.getByRole('textbox')
    if (await reason.isVisible()) await reason.fill('to see it answer')
    await dialog.getByRole('button', { name: /v2/ }).click()
    await expect(page.getByText(/v2 is live|v2 was promoted/).first()).toBeVisible()
  }
  await expect(await ask(page, 'star', 2)).toContainText('shapes v2')

  await page.goto(`${app.url}/models?classifier=shapes`)
  await page.getByRole('button', { name: 'Roll back' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await expect(page.getByText('v1 is live again.')).toBeVisible()
  await expect(await ask(page, 'star', 3)).toContainText('shapes v1')
})

test('two versions stand side by side with the pictures they differ on counted', async ({ page }) => {
  test.setTimeout(180_000)
  await logIn(page, app)
  await page.goto(`${app.url}/models?classifier=shapes`)
  await page.getByRole('button', { name: 'Compare', exact: true }).click()

  await expect(page.getByText(/Correct on \d+ images? that the old version got wrong/).first()).toBeVisible({
    timeout: 120_000,
  })
})

test('a wrong answer is corrected in the history, and the correction waits for the next training', async ({
  page,
}) => {
  await logIn(page, app)
  await page.goto(`${app.url}/history?classifier=shapes`)
  await page.getByRole('button', { name: 'Incorrect' }).first().click()
  const classes = page.getByLabel('Correct class')
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url()))
  await expect(classes).toBeFocused()
  await classes.press('ArrowDown')
  await expect(classes).not.toHaveValue('')
  await settled(page)
  expect(sent.filter((url) => url.endsWith('/feedback'))).toEqual([]) // only the button stores it
  await classes.selectOption('ring')
  await page.getByRole('button', { name: 'Save' }).click()

  await expect(page.getByText('corrected to ring').first()).toBeVisible()
  await expect(page.locator(':focus')).toHaveAccessibleName(/^Change the feedback on/)
  await page.goto(app.url)
  await expect(page.getByText('1 correction').first()).toBeVisible()
})

test('a seven drawn with the mouse is read as a seven', async ({ page }) => {
  await page.goto(`${app.url}/predict?classifier=mnist`)
  const paper = page.getByRole('img', { name: 'Drawing area for a digit' })
  const box = (await paper.boundingBox())!
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const
  await page.mouse.move(...at(0.28, 0.25))
  await page.mouse.down()
  for (const [x, y] of [
    [0.4, 0.24],
    [0.55, 0.24],
    [0.7, 0.25],
    [0.64, 0.4],
    [0.56, 0.55],
    [0.5, 0.7],
    [0.46, 0.82],
  ] as const)
    await page.mouse.move(...at(x, y), { steps: 6 })
  await page.mouse.up()

  const answer = page.getByRole('region', { name: 'Prediction' })
  await expect(answer.locator('.answer')).toHaveText('7')
})

test('arrow keys in the list of classifiers do not leave the page; the button does', async ({ page }) => {
  await page.goto(`${app.url}/predict?classifier=mnist`)
  const list = page.getByLabel('Classifier', { exact: true })
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await list.focus()
  await list.press('ArrowDown')
  await list.press('ArrowUp')
  await list.press('ArrowUp')
  await expect(list).not.toHaveValue('mnist')
  await settled(page)
  expect(requested.filter((url) => url.includes('classifier='))).toEqual([])

  const other = await list.inputValue()
  await page.getByRole('button', { name: 'Switch' }).click()
  await expect(page).toHaveURL(new RegExp(`classifier=${other}$`))
})
