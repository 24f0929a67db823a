/**
 * docs/first-classifier.md and docs/retraining.md, followed on the pages in order: each word in bold
 * appears on a page, and the figures and results that they name are those of the gate.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
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
} from '#lib/domain/evaluation/gate.ts'
import { TEST_SHARE } from '#lib/domain/grouping/splits.ts'
import { MOST_FOR_HEAD } from '#lib/training/retrain/choose-recipe.ts'
import { missingWords, wordsOnPages } from './guide.ts'
import { pagesOf, type ProductPages } from './pages.ts'
import { image, logIn, OWNER, setupAddress } from './people.ts'
import { test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

const FIRST = 'docs/first-classifier.md'
const AGAIN = 'docs/retraining.md'
const TRAINING_MS = 5 * 60_000
const PER_CLASS = 40

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
const pageWords: string[] = []
test.beforeAll(async () => {
  // so that the second version waits for a decision, whatever its evaluation says
  app = await startFreshProduct({ AUTO_PROMOTE: 'off' })
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

/** The text on the page now, hidden labels included. */
async function read({ frame }: ProductPages): Promise<void> {
  pageWords.push(...(await frame.words()))
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

async function train(pages: ProductPages, button: 'Train' | 'Retrain'): Promise<void> {
  await pages.retrain.chooseEpochs(12)
  await read(pages)
  await pages.retrain.start(button)
  await pages.retrain.cancelButton.waitFor()
  await read(pages)
}

test('the first classifier is created as its guide describes', async ({ page }) => {
  test.setTimeout(TRAINING_MS + 60_000)
  const pages = pagesOf(page, app)
  const { frame, setup, newClassifier, retrain, predict } = pages
  await setup.open(setupAddress(app))
  await read(pages)
  await setup.createAccount(OWNER)
  await expect(frame.homeHeading).toBeVisible()
  await read(pages)

  await newClassifier.openFromHome()
  await newClassifier.steps.waitFor()
  await read(pages)
  await newClassifier.name('My leaves')
  await read(pages)
  await newClassifier.upload('my-leaves.zip', zip(3_000, PER_CLASS))
  await newClassifier.understood.waitFor()
  await read(pages)

  await newClassifier.train()
  await retrain.cancelButton.or(retrain.promoted('v1')).first().waitFor()
  await read(pages)
  await expect(retrain.promoted('v1')).toBeVisible({ timeout: TRAINING_MS })
  await read(pages)

  await retrain.tryIt()
  await predict.drop({ name: 'new.png', mimeType: 'image/png', buffer: image('star', 4_000) })
  await expect(predict.predictedClass).toHaveText('rust')
  await read(pages)
  expect(missingWords(wordsOnPages(FIRST), pageWords)).toEqual([])
})

test('the classifier is corrected, retrained, evaluated, promoted and rolled back as the guide describes', async ({
  page,
}) => {
  test.setTimeout(TRAINING_MS + 60_000)
  const pages = pagesOf(page, app)
  const { frame, history, upload, retrain, models, images, findings, classifierSettings } = pages
  await logIn(page, app)
  await history.open('my-leaves')
  await history.confirm()
  await history.addToTraining.waitFor()
  await read(pages)
  await history.change()
  await read(pages)
  await history.chooseClass('healthy')
  await expect(history.corrected('healthy')).toBeVisible()
  await frame.open('/')
  await read(pages)
  await upload.open('my-leaves')
  await upload.select('more.zip', zip(5_000, 10))
  await upload.send('more.zip')
  await expect(upload.report(20)).toBeVisible()

  await retrain.open('my-leaves')
  await train(pages, 'Retrain')
  await retrain.compareVersions.waitFor({ timeout: TRAINING_MS })
  await read(pages)
  await retrain.compareVersions.click()
  await expect(models.promoteButton('v2')).toBeVisible()
  await read(pages)

  await models.promote('v2')
  await expect(models.promoted('v2')).toBeVisible()
  await models.open('my-leaves')
  await expect(models.rollBackButton).toBeVisible()
  await read(pages)
  await models.rollBack()
  await expect(models.liveAgain('v1')).toBeVisible()

  await images.open('my-leaves', { differs: 'yes' })
  await read(pages)
  await findings.open('my-leaves')
  await findings.checkAgain.waitFor({ timeout: TRAINING_MS })
  await read(pages)
  await classifierSettings.open('my-leaves')
  await read(pages)
  expect(missingWords(wordsOnPages(AGAIN), pageWords)).toEqual([])
})

test('the figures and the results that the guides name are those of the gate', () => {
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
