/**
 * A new user with 45 images in three folders, in which a black image, an image with a wrong label and one that is
 * in two folders are hidden: they become a classifier with all three repaired, by mouse, by keyboard alone, and on
 * a phone.
 */
import { expect, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { ShapeName } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn } from './people.ts'
import { test } from './watched.ts'

const THINGS: readonly ShapeName[] = ['star', 'ring', 'cross']
const OF_EACH = 15
const SIDE = 32
const TRAINING_MS = 60_000
/** By their file names. */
const [BLACK, WRONG, TWICE] = ['star/black.png', 'star/wrong.png', 'twice.png']

const ARCHIVE = Buffer.from(
  zipFile([
    ...THINGS.flatMap((thing) =>
      Array.from({ length: OF_EACH }, (_, i) => ({
        name: `${thing}/${i}.png`,
        content: image(thing, 20_000 + i),
      })),
    ),
    {
      name: BLACK!,
      content: encodePng({ width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3) }),
    },
    { name: WRONG!, content: image('ring', 20_100) },
    ...['ring', 'cross'].map((thing) => ({ name: `${thing}/${TWICE}`, content: image('cross', 20_200) })),
  ]),
)
const FILE = { name: 'things.zip', mimeType: 'application/zip', buffer: ARCHIVE }

let app: FreshProduct
test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

/** All three are repaired, and what was trained last recognises a star. */
async function expectRepaired(page: Page, classifier: string): Promise<void> {
  const { predict } = pagesOf(page, app)
  const read = async (query: string) =>
    (
      (await (await page.request.get(`${app.url}/api/samples?classifier=${classifier}&${query}`)).json()) as {
        samples: readonly { filename: string; label: string; is_excluded: boolean }[]
      }
    ).samples
  expect(await read(`filename=${BLACK}`)).toMatchObject([{ is_excluded: true }])
  expect(await read(`filename=${WRONG}`)).toMatchObject([{ label: 'ring', is_excluded: false }])
  expect(await read(`filename=${TWICE}`)).toMatchObject([{ label: 'cross', is_excluded: false }])

  await predict.open(classifier)
  await predict.drop({ name: 'new.png', mimeType: 'image/png', buffer: image('star', 20_300) })
  await expect(predict.predictedClass).toHaveText('star')
}

test('by mouse: two are repaired in the report of the upload, the wrong label among the mistakes', async ({
  page,
}) => {
  test.setTimeout(3 * TRAINING_MS)
  const { newClassifier, findings, result, retrain, images, frame } = pagesOf(page, app)
  await becomeOwner(page, app)
  await newClassifier.create('By mouse', FILE)
  await newClassifier.labelButton('cross').click()
  await findings.press(BLACK!, 'Exclude')
  await expect(findings.done('1 image excluded')).toBeVisible()
  await newClassifier.train()
  await expect(result.accuracy).toBeVisible({ timeout: TRAINING_MS })

  await result.mistakeLink(WRONG!).click()
  await images.labelButton('ring').click()
  await expect(images.enlargedLabel('ring')).toBeVisible()
  await page.keyboard.press('Escape')
  await frame.navigationLink('Train').click()
  await retrain.start('Retrain')

  await expect(result.accuracy).toBeVisible({ timeout: TRAINING_MS })
  await expect(result.mistakeLink(WRONG!)).toBeHidden()
  await expectRepaired(page, 'by-mouse')
})

test('by keyboard alone: the focus is never lost, and all are repaired before the training run', async ({
  page,
}) => {
  test.setTimeout(2 * TRAINING_MS)
  const { newClassifier, findings, result, retrain, images, frame } = pagesOf(page, app)
  await logIn(page, app)
  const enter = async (control: Parameters<typeof frame.tabTo>[0]): Promise<void> => {
    await frame.tabTo(control)
    await page.keyboard.press('Enter')
  }
  await enter(frame.newClassifierLink)
  await newClassifier.nameField.waitFor()
  await frame.tabTo(newClassifier.nameField)
  await page.keyboard.type('By keyboard')
  await page.keyboard.press('Enter')
  await newClassifier.chooseFiles.waitFor()
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), enter(newClassifier.chooseFiles)])
  await chooser.setFiles(FILE)
  await expect(newClassifier.uploadButton).toBeEnabled()
  await enter(newClassifier.uploadButton)
  await expect(newClassifier.report).toBeFocused()
  await enter(newClassifier.labelButton('cross'))
  const exclude = findings.remedy(BLACK!, 'Exclude')
  await exclude.waitFor()
  await enter(exclude)
  await expect(findings.done('1 image excluded')).toBeVisible()

  await enter(newClassifier.imagesLink)
  await images.imageNamed(WRONG!).waitFor()
  await frame.tabTo(images.grid)
  const position = Number(await images.imageNamed(WRONG!).getAttribute('aria-posinset'))
  for (let i = 1; i < position; i++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await enter(images.labelButton('ring'))
  await expect(images.enlargedLabel('ring')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(images.grid).toBeFocused()
  await enter(frame.navigationLink('Train'))
  await retrain.startButton.waitFor()
  await enter(retrain.startButton)

  await expect(result.accuracy).toBeVisible({ timeout: TRAINING_MS })
  await expectRepaired(page, 'by-keyboard')
})

test('on a phone: after each step, what comes next is in view', async ({ page }) => {
  test.setTimeout(2 * TRAINING_MS)
  await page.setViewportSize({ width: 360, height: 740 })
  const { newClassifier, findings, result, retrain, images, frame } = pagesOf(page, app)
  await logIn(page, app)
  await newClassifier.openFromHome()
  await newClassifier.name('On a phone')
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), newClassifier.chooseFiles.click()])
  await chooser.setFiles(FILE)
  await expect(newClassifier.uploadButton).toBeInViewport()
  await newClassifier.uploadButton.click()
  await expect(newClassifier.report).toBeInViewport()
  await newClassifier.labelButton('cross').click()
  await findings.press(BLACK!, 'Exclude')
  await expect(findings.done('1 image excluded')).toBeInViewport()

  await newClassifier.imagesLink.click()
  await images.imageNamed(WRONG!).click()
  await images.enlargeButton.click()
  await images.labelButton('ring').click()
  await expect(images.enlargedLabel('ring')).toBeVisible()
  await page.keyboard.press('Escape')
  await frame.menu.click()
  await frame.navigationLink('Train').click()
  await retrain.startButton.click()

  await expect(result.accuracy).toBeVisible({ timeout: TRAINING_MS })
  await expectRepaired(page, 'on-a-phone')
})
