/** docs/first-classifier.md and docs/retraining.md, walked on the pages in their order: each word that they
 *  print in bold has stood on a page, and the figures and verdicts that they name are those of the gate. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { ROOT } from '#lib/checks/sources.ts'
import {
  ACCURACY_MARGIN,
  compare,
  FEWEST_CLASS_IMAGES,
  FEWEST_IMAGES,
  RECALL_MARGIN,
  sentence,
  type Verdict,
} from '#lib/domain/gate.ts'
import { TEST_SHARE } from '#lib/domain/splits.ts'
import { MOST_FOR_HEAD } from '#lib/training/retrain/choose-recipe.ts'
import { neverSeen, wordsOnPages } from './guide.ts'
import { logIn, image, setupAddress } from './people.ts'
import { test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

const FIRST = 'docs/first-classifier.md'
const AGAIN = 'docs/retraining.md'
const TRAINING_MS = 5 * 60_000
const PER_CLASS = 40

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
const seen: string[] = []
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

/** What stands on the page now, hidden labels included. */
async function read(page: Page): Promise<void> {
  const labels = await page
    .locator('[aria-label]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
  seen.push(await page.locator('body').innerText(), ...labels)
}

const zip = (seed: number, count: number): Buffer =>
  Buffer.from(
    zipFile(
      (['rust', 'healthy'] as const).flatMap((label) =>
        Array.from({ length: count }, (_, i) => ({
          name: `my-leaves/${label}/${i}.png`,
          content: image(label === 'rust' ? 'star' : 'ring', seed + i),
        })),
      ),
    ),
  )

async function train(page: Page, button: 'Train' | 'Retrain'): Promise<void> {
  await page.getByText('Advanced').click()
  await page.getByLabel('Epochs').fill('12')
  await read(page)
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('button', { name: 'Cancel training' }).waitFor()
  await read(page)
}

test('the first classifier is made as its guide says', async ({ page }) => {
  test.setTimeout(TRAINING_MS + 60_000)
  await page.goto(setupAddress(app))
  await read(page)
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('E-mail').fill('ada@example.org')
  await page.getByLabel('Password').fill('the darkest room of all')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
  await read(page)

  await page.getByRole('link', { name: 'Upload', exact: true }).click()
  await page.getByLabel('Classifier', { exact: true }).selectOption({ label: 'New classifier…' })
  await page.getByLabel('Name').fill('My leaves')
  await page.getByLabel('Input resolution').selectOption({ label: '32 × 32 pixels' })
  await page
    .getByLabel('Drop images, folders or a ZIP here', { exact: true })
    .setInputFiles({ name: 'my-leaves.zip', mimeType: 'application/zip', buffer: zip(3_000, PER_CLASS) })
  await read(page)
  await page.getByRole('button', { name: 'Upload my-leaves.zip' }).click()
  await expect(page.getByText(`Uploaded ${2 * PER_CLASS} images successfully`).first()).toBeVisible()
  await read(page)

  await page.getByRole('link', { name: 'Train classifier' }).click()
  await train(page, 'Train')
  await expect(page.getByText('v1 was promoted.')).toBeVisible({ timeout: TRAINING_MS })
  await read(page)

  await page.getByRole('link', { name: 'Try it' }).click()
  await page
    .getByLabel('Drop or paste images here')
    .setInputFiles({ name: 'new.png', mimeType: 'image/png', buffer: image('star', 4_000) })
  await expect(page.getByRole('region', { name: 'Prediction' }).locator('.answer')).toHaveText('rust')
  await read(page)
  expect(neverSeen(wordsOnPages(FIRST), seen)).toEqual([])
})

test('it is corrected, retrained, judged, promoted and rolled back as the guide says', async ({ page }) => {
  test.setTimeout(TRAINING_MS + 60_000)
  await logIn(page, app)
  await page.goto(`${app.url}/history?classifier=my-leaves`)
  await page.getByRole('button', { name: 'Incorrect' }).first().click()
  await read(page)
  await page.getByLabel('Correct class').selectOption('healthy')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('corrected to healthy').first()).toBeVisible()
  await page.goto(app.url)
  await read(page)
  await page.goto(`${app.url}/upload?classifier=my-leaves`)
  await page
    .getByLabel('Drop images, folders or a ZIP here', { exact: true })
    .setInputFiles({ name: 'more.zip', mimeType: 'application/zip', buffer: zip(5_000, 10) })
  await page.getByRole('button', { name: 'Upload more.zip' }).click()
  await expect(page.getByText('Uploaded 20 images successfully').first()).toBeVisible()

  await page.goto(`${app.url}/retrain?classifier=my-leaves`)
  await train(page, 'Retrain')
  // about twenty held-back pictures cannot tell
  await page.getByRole('link', { name: 'Compare versions' }).waitFor({ timeout: TRAINING_MS })
  await read(page)
  await page.getByRole('link', { name: 'Compare versions' }).click()
  await expect(page.getByRole('button', { name: 'Promote v2' })).toBeVisible()
  await read(page)

  await page.getByRole('button', { name: 'Promote v2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Promote v2' }).click()
  await expect(page.getByText(/v2 is live|v2 was promoted/).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Roll back' })).toBeVisible()
  await read(page)
  await page.getByRole('button', { name: 'Roll back' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await expect(page.getByText('v1 is live again.')).toBeVisible()
  expect(neverSeen(wordsOnPages(AGAIN), seen)).toEqual([])
})

test('the figures and the verdicts that the guides name are those of the gate', () => {
  const [first, again] = [FIRST, AGAIN].map((file) => readFileSync(path.join(ROOT, file), 'utf8')) as [
    string,
    string,
  ]

  expect(first).toContain(`${FEWEST_IMAGES / TEST_SHARE} in all`)
  for (const words of [
    `fewer than ${FEWEST_IMAGES} test images`,
    `at least ${FEWEST_CLASS_IMAGES} test images`,
    `more than ${RECALL_MARGIN * 100} points`,
    `above −${ACCURACY_MARGIN * 100} point`,
    `up to ${MOST_FOR_HEAD.toLocaleString('en')} images`,
  ])
    expect(again).toContain(words)
  const verdicts: readonly Verdict[] = [
    { kind: 'better' },
    { kind: 'not-worse' },
    { kind: 'worse', because: [] },
    { kind: 'cannot-tell', imagesNeeded: 40 },
  ]
  const fourteen = compare(
    [
      ...Array.from({ length: 14 }, () => ({
        label: 'a',
        championRight: false,
        challengerRight: true,
        isNew: false,
      })),
      ...Array.from({ length: 3 }, () => ({
        label: 'a',
        championRight: true,
        challengerRight: false,
        isNew: false,
      })),
    ],
    null,
  )
  for (const verdict of verdicts)
    expect(again).toContain(`| \`${/^[^.]+\./.exec(sentence(fourteen, verdict))![0]}\` |`)
  expect(again.replaceAll(/[+\d.−]+/g, '#')).toContain(
    sentence(fourteen, { kind: 'better' }).replaceAll(/[+\d.−]+/g, '#'),
  )
})
