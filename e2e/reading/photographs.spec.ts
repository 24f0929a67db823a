/**
 * A user with real photographs: one is dropped and predicted, then several at once. From the official test
 * images of cats and dogs, where these are available.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
import { readZip } from '#lib/archive/read-zip.ts'
import { ROOT } from '#lib/checks/sources.ts'
import { pagesOf } from '../pages.ts'
import { test } from '../reading-product.ts'

const ZIP = path.resolve(
  ROOT,
  process.env['DARKROOM_REAL_DATA'] ?? '../shared/data',
  'cats-dogs',
  'cats-dogs.zip',
)
const OF_EACH = 8
/**
 * The bundled version is correct on 87 of 100; of sixteen, fewer than ten are correct about once in two
 * hundred samples, and this sample is always the same.
 */
const MIN_CORRECT = 10

test.skip(!existsSync(ZIP), 'the photographs are not available: DARKROOM_REAL_DATA names their folder')
type Photograph = {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
  readonly truth: 'cat' | 'dog'
}
let photographs: readonly Photograph[]

test.beforeAll(async () => {
  photographs = await photographsIn(ZIP)
})
test('a dropped photograph is classified as cat or dog, with confidence and version', async ({
  page,
  shared,
}) => {
  const { predict } = pagesOf(page, shared)
  await predict.open('cats-dogs')
  await predict.drop(photographs[0]!)

  await expect(predict.predictedClass).toHaveText(/^(cat|dog)s?$/)
  await expect(predict.prediction).toContainText(/\d+\.\d %/)
  await expect(predict.prediction).toContainText(/cats-dogs v\d+/)
  await expect(predict.image(photographs[0]!.name)).toBeVisible()
})

test('most of sixteen photographs dropped together are classified correctly, in a table', async ({
  page,
  shared,
}) => {
  const { predict } = pagesOf(page, shared)
  await predict.open('cats-dogs')
  await predict.drop([...photographs])

  await expect(predict.rows).toHaveCount(2 * OF_EACH + 1)
  await expect(predict.downloadCsv).toBeEnabled({ timeout: 60_000 })
  const classes = await predict.predictedClasses()
  expect(classes).toHaveLength(2 * OF_EACH)
  const correct = classes.filter((text, i) => text.startsWith(photographs[i]!.truth)).length
  expect(correct).toBeGreaterThanOrEqual(MIN_CORRECT)
})

/** The first of each class among the test images. */
async function photographsIn(zip: string): Promise<readonly Photograph[]> {
  const photographs = { cat: [] as Photograph[], dog: [] as Photograph[] }
  for await (const entry of readZip(zip, { entryBytes: 2 ** 20, totalBytes: 2 ** 30 })) {
    if (entry.kind !== 'file') continue
    const truth = /\/cats?\//.test(entry.path) ? 'cat' : 'dog'
    if (!entry.path.startsWith('test/') || photographs[truth].length >= OF_EACH) continue
    photographs[truth].push({
      name: path.basename(entry.path),
      mimeType: 'image/webp',
      buffer: Buffer.from(entry.bytes),
      truth,
    })
  }
  return [...photographs.cat, ...photographs.dog]
}
