/**
 * The full cycle on MNIST: upload every twenty-eighth official image, then fifty drawn digits, retrain, read the
 * evaluation result, predict with the new version, roll back. All 70,000 would take a third of the time of
 * `npm test`. Skipped without the official files.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { ROOT } from '#lib/checks/sources.ts'
import { encodeGreyPng, encodePng } from '#lib/images/write-png.ts'
import { ADMIN, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { logIn } from './people.ts'
import { test } from './watched.ts'

const FILES = path.resolve(ROOT, process.env['DARKROOM_REAL_DATA'] ?? '../shared/data', 'mnist')
const SIDE = 28
const STEP = 28
const OFFICIAL = { all: 2_501, test: 350 } // of 70,000, and at least this many of the 10,000 test images
const DRAWN = 50
const UNTIL_DONE_MS = 10 * 60_000

test.describe.configure({ mode: 'serial' })
test.skip(!existsSync(FILES), 'the official MNIST files are not available')
let product: OwnProduct
let asAdmin: Readonly<Record<string, string>>
test.beforeAll(async () => {
  test.setTimeout(UNTIL_DONE_MS)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'mnist' })
  asAdmin = { cookie: product.admin, origin: product.url }
  const { id } = await uploaded(officialDigits())
  await expect
    .poll(() => reportOf(id), { timeout: UNTIL_DONE_MS })
    .toMatchObject({ success: true, state: 'done', count: OFFICIAL.all })
})
test.afterAll(async () => {
  await product?.[Symbol.asyncDispose]()
})

type Entry = { readonly name: string; readonly content: Uint8Array }

/** The idx files begin with a header of 16 bytes (images) or 8 bytes (labels); a digit is 28 × 28 grey pixels. */
function officialDigits(): readonly Entry[] {
  const read = (name: string): Buffer => gunzipSync(readFileSync(path.join(FILES, `${name}.gz`)))
  return (['train', 'test'] as const).flatMap((split) => {
    const prefix = split === 'train' ? 'train' : 't10k'
    const pixels = read(`${prefix}-images-idx3-ubyte`).subarray(16)
    const labels = read(`${prefix}-labels-idx1-ubyte`).subarray(8)
    return Array.from({ length: Math.ceil(labels.length / STEP) }, (_, place) => {
      const index = place * STEP
      const data = pixels.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE)
      return {
        name: `${split}/${labels[index]!}/${index}.png`,
        content: encodeGreyPng(SIDE, SIDE, data),
      }
    })
  })
}

async function uploaded(entries: readonly Entry[]): Promise<Readonly<Record<string, unknown>>> {
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(zipFile(entries))]), 'digits.zip')
  const { json } = await product.request('POST', '/api/upload', { headers: asAdmin, body: form })
  return json
}

const reportOf = async (id: unknown): Promise<unknown> =>
  (await product.request('GET', `/api/uploads/${String(id)}`, { headers: asAdmin })).json

/** A seven or a one in dark ink on light paper; no two seeds below 200 give the same image. */
function drawnDigit(digit: 1 | 7, seed: number): Buffer {
  const side = 56
  const data = new Uint8Array(side * side * 3).fill(250)
  const ink = seed % 200
  const lean = ((seed % 7) - 3) / 2
  const stroke = (x: number, y: number) => {
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        data.fill(ink, 3 * ((y + dy) * side + x + dx), 3 * ((y + dy) * side + x + dx + 1))
  }
  for (let i = 0; i <= 32; i++) {
    stroke(Math.round((digit === 7 ? 38 - i / 2.4 : 28) + (lean * i) / 16), 12 + i)
    if (digit === 7) stroke(Math.round(16 + (i * 22) / 32), 12 + (seed % 2))
  }
  return Buffer.from(encodePng({ width: side, height: side, data }))
}

const predict = async (digit: 1 | 7, seed: number) => {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(drawnDigit(digit, seed))]), 'digit.png')
  return (await product.request('POST', '/api/predict', { body: form })).json
}

test('training on official and drawn images creates a version, evaluated on official ones', async ({
  page,
}) => {
  test.setTimeout(UNTIL_DONE_MS)
  expect(await predict(7, 1)).toMatchObject({
    classifier: 'mnist',
    model_version: 'v1',
    predicted_class: '7',
  })
  const drawn = Array.from({ length: DRAWN }, (_, i) => ({
    name: `${i % 2 === 0 ? '7' : '1'}/${i}.png`,
    content: drawnDigit(i % 2 === 0 ? 7 : 1, i),
  }))
  expect(await uploaded(drawn)).toMatchObject({ success: true, count: DRAWN, findings: [] })

  await logIn(page, product, ADMIN)
  const { retrain } = pagesOf(page, product)
  await retrain.open('mnist')
  await retrain.chooseEpochs(1)
  await retrain.start('Retrain')
  await expect(retrain.lossCurve).toBeVisible({ timeout: UNTIL_DONE_MS })
  await expect(retrain.verdict).toBeVisible({ timeout: UNTIL_DONE_MS })

  const { json } = await product.request('GET', '/api/models?classifier=mnist', { headers: asAdmin })
  const [made] = json['models'] as {
    id: string
    version: string
    is_champion: boolean
    test_images: number
    accuracy: { value: number }
  }[]
  expect(made).toMatchObject({ version: 'v2' })
  expect(made!.test_images).toBeGreaterThanOrEqual(OFFICIAL.test)
  expect(made!.accuracy.value).toBeGreaterThan(0.985)
  if (!made!.is_champion)
    await product.request('POST', `/api/models/${made!.id}/promote`, {
      headers: asAdmin,
      body: { reason: 'to see it answer' },
    })
})

/**
 * A promotion answers at once and takes effect when the version is loaded, within a second on an idle
 * machine; other tests run at the same time.
 */
const answers = (version: string, seed: number) =>
  expect
    .poll(() => predict(7, seed), { timeout: 30_000 })
    .toMatchObject({ model_version: version, predicted_class: '7' })

test('the new version predicts a seven; after a rollback the old one does', async () => {
  await answers('v2', 2)

  await product.request('POST', '/api/models/rollback', { headers: asAdmin, body: { classifier: 'mnist' } })

  await answers('v1', 3)
})
