/** A person with real photographs: one is dropped and read, then some at once. From the official test
 *  pictures of cats and dogs, where these are at hand. */
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
/** The shipped version is right on 87 of 100; of sixteen, fewer than ten come about once in two hundred
 *  draws, and these are always the same. */
const FEWEST_RIGHT = 10

test.skip(!existsSync(ZIP), 'the photographs are not at hand: DARKROOM_REAL_DATA names their folder')
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
test('a photograph that is dropped is told to be a cat or a dog, how surely, and by whom', async ({
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

test('of sixteen that are dropped together most are told right, in a table', async ({ page, shared }) => {
  const { predict } = pagesOf(page, shared)
  await predict.open('cats-dogs')
  await predict.drop([...photographs])

  await expect(predict.rows).toHaveCount(2 * OF_EACH + 1)
  await expect(predict.downloadCsv).toBeEnabled({ timeout: 60_000 })
  const classes = await predict.predictedClasses()
  expect(classes).toHaveLength(2 * OF_EACH)
  const right = classes.filter((text, i) => text.startsWith(photographs[i]!.truth)).length
  expect(right).toBeGreaterThanOrEqual(FEWEST_RIGHT)
})

/** The first of each class among the test pictures. */
async function photographsIn(zip: string): Promise<readonly Photograph[]> {
  const found = { cat: [] as Photograph[], dog: [] as Photograph[] }
  for await (const entry of readZip(zip, { entryBytes: 2 ** 20, totalBytes: 2 ** 30 })) {
    if (entry.kind !== 'file') continue
    const truth = /\/cats?\//.test(entry.path) ? 'cat' : 'dog'
    if (!entry.path.startsWith('test/') || found[truth].length >= OF_EACH) continue
    found[truth].push({
      name: path.basename(entry.path),
      mimeType: 'image/webp',
      buffer: Buffer.from(entry.bytes),
      truth,
    })
  }
  return [...found.cat, ...found.dog]
}
