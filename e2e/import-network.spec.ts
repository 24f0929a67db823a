/**
 * Networks of other programs on the pages: an export of Teachable Machine becomes a classifier that predicts, and what
 * cannot become one of its versions says why.
 */
import { expect } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { teachableExport } from '#lib/training/import/foreign-network.fakes.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner, image } from './people.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'
import { test } from './watched.ts'

const IMPORT_MS = 60_000
const exported = (labels: readonly string[]) => ({
  name: 'converted.zip',
  mimeType: 'application/zip',
  buffer: Buffer.from(zipFile(teachableExport(labels))),
})

let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

test('an export of Teachable Machine becomes a classifier, and another one its next version', async ({
  page,
}) => {
  test.setTimeout(3 * IMPORT_MS) // it waits for two imports
  const { newClassifier, imports, predict } = pagesOf(page, app)
  await becomeOwner(page, app)
  await newClassifier.openFromHome()
  await imports.openFromNewClassifier()

  await imports.send(exported(['Cat', 'Dog']), { name: 'Our pets' })
  await expect(imports.message('our-pets v1 was imported and is live.')).toBeVisible({ timeout: IMPORT_MS })
  await imports.openResult('our-pets v1')
  await expect(page).toHaveURL(/classifiers\/our-pets\/versions\/v1/)
  await predict.open('our-pets')
  await predict.drop({ name: 'a.png', mimeType: 'image/png', buffer: image('star', 1) })
  await expect(predict.predictedClass).toHaveText(/Cat|Dog/)

  await imports.openFor('our-pets')
  await imports.send(exported(['Cat', 'Bird']))
  await expect(
    imports.message('the classifier does not have "Bird", and the network does not have "Dog"'),
  ).toBeVisible({ timeout: IMPORT_MS })
})
