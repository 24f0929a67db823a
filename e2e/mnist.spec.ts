/**
 * The full cycle on MNIST: import the official images, upload fifty drawn digits, retrain, read the
 * evaluation result, predict with the new version, roll back. Skipped without the official files.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { ROOT } from '#lib/checks/sources.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { ADMIN, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { logIn } from './people.ts'
import { test } from './watched.ts'

const FILES = path.resolve(ROOT, process.env['DARKROOM_REAL_DATA'] ?? '../shared/data', 'mnist')
const IMAGE_COUNT = 50
const UNTIL_DONE_MS = 10 * 60_000

test.describe.configure({ mode: 'serial' })
test.skip(!existsSync(FILES), 'the official MNIST files are not available')
let product: OwnProduct
let asAdmin: Readonly<Record<string, string>>
test.beforeAll(async () => {
  test.setTimeout(UNTIL_DONE_MS)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'mnist' })
  asAdmin = { cookie: product.admin, origin: product.url }
  execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'lib/commands/dataset.ts', 'mnist', '--from', FILES],
    { cwd: ROOT, env: { ...process.env, DATA_DIR: product.dataDir }, stdio: 'ignore' },
  )
})
test.afterAll(async () => {
  await product?.[Symbol.asyncDispose]()
})

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

test('training on 70,000 official and 50 drawn images creates a version, evaluated on 10,000', async ({
  page,
}) => {
  test.setTimeout(UNTIL_DONE_MS)
  expect(await predict(7, 1)).toMatchObject({
    classifier: 'mnist',
    model_version: 'v1',
    predicted_class: '7',
  })
  const entries = Array.from({ length: IMAGE_COUNT }, (_, i) => ({
    name: `${i % 2 === 0 ? '7' : '1'}/${i}.png`,
    content: drawnDigit(i % 2 === 0 ? 7 : 1, i),
  }))
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(zipFile(entries))]), 'digits.zip')
  const { json: report } = await product.request('POST', '/api/upload', { headers: asAdmin, body: form })
  expect(report).toMatchObject({ success: true, count: IMAGE_COUNT, findings: [] })

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
  expect(made!.test_images).toBeGreaterThanOrEqual(10_000)
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
