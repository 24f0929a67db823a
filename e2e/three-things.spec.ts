/**
 * Twelve images each of three things: dropped, trained with one click, and the result says in plain words how
 * good it is and shows its mistakes; then a new image is predicted.
 */
import { expect } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { ShapeName } from '#lib/domain/drawn-shapes.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner, image } from './people.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'
import { test } from './watched.ts'

const THINGS: readonly ShapeName[] = ['star', 'ring', 'cross']
const OF_EACH = 12
/** The aim is 20 s on an idle machine of two cores. */
const MOST_SECONDS = 60

type ModelResult = {
  readonly cross_validation: {
    readonly images: number
    readonly mistakes: {
      readonly count: number
      readonly images: readonly { readonly label: string; readonly predicted: string }[]
    }
  }
}

let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

test('36 images become a classifier that says how good it is and shows its mistakes', async ({ page }) => {
  test.setTimeout(4 * MOST_SECONDS * 1_000)
  const { newClassifier, retrain, result, models, predict } = pagesOf(page, app)
  await becomeOwner(page, app)
  // the first of each has the label of the next, as a person may mix them up
  const entries = THINGS.flatMap((thing, which) =>
    Array.from({ length: OF_EACH }, (_, i) => ({
      name: `${thing}/${i}.png`,
      content: image(i === 0 ? THINGS[(which + 1) % THINGS.length]! : thing, 8_000 + i),
    })),
  )

  const began = Date.now()
  await newClassifier.create('Three things', { name: 'things.zip', buffer: Buffer.from(zipFile(entries)) })
  await newClassifier.train()
  await expect(result.accuracy).toBeVisible({ timeout: 2 * MOST_SECONDS * 1_000 })
  await expect(retrain.promoted('v1')).toBeVisible()

  const run = (await (await page.request.get(`${app.url}/api/runs?classifier=three-things`)).json()) as {
    runs: { version_id: string }[]
  }
  const versionId = run.runs[0]!.version_id
  const { cross_validation: measured } = (await (
    await page.request.get(`${app.url}/api/models/${versionId}/result`)
  ).json()) as ModelResult
  const { mistakes } = measured
  await expect(result.crossValidated(measured.images)).toBeVisible()
  await expect(result.mistakeImages).toHaveCount(mistakes.images.length)
  await expect(result.noMistakes).toHaveCount(mistakes.count === 0 ? 1 : 0)
  for (const { label, predicted } of mistakes.images)
    await expect(result.mistake(label, predicted).first()).toBeVisible()

  await retrain.tryIt()
  await predict.drop({ name: 'new.png', mimeType: 'image/png', buffer: image('star', 9_500) })
  await expect(predict.predictedClass).toHaveText(/^(star|ring|cross)$/)
  const seconds = (Date.now() - began) / 1_000
  console.log(
    `${seconds.toFixed(1)} s from the drop to a prediction; aim on an idle machine: 20 s. ` +
      `${mistakes.count} mistakes of ${measured.images}; the star is predicted as ` +
      `"${await predict.predictedClass.textContent()}".`,
  )
  expect(seconds).toBeLessThan(MOST_SECONDS)

  await models.open('three-things', versionId)
  await expect(result.accuracy).toBeVisible()
  await expect(result.mistakeImages).toHaveCount(mistakes.images.length)
})
