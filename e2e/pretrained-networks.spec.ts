/**
 * Pretrained networks on the pages: the notice on Retrain where the default one is missing, an ONNX file that becomes a
 * network, a version that is trained on it, and its predictions and downloads.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from '@playwright/test'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn, twoSigns } from './people.ts'
import { test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

const VIT = fileURLToPath(new URL('../lib/training/pretrained/onnx/fixtures/vit.onnx', import.meta.url))
/** Where this installation has fetched the default network. */
const DEFAULT_NETWORK = fileURLToPath(new URL('../.pretrained/mobilenet-v3-small', import.meta.url))
const OF_EACH = 12
const TRAINING_MS = 6 * 60_000

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  // nothing is fetched from here: the address does not answer
  app = await startFreshProduct({ BACKBONE: 'auto', BACKBONE_MIRROR: 'http://127.0.0.1:9' })
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

test('known networks are offered with their size, address and license, and are downloaded only on a click', async ({
  page,
}) => {
  const { networks } = pagesOf(page, app)
  await becomeOwner(page, app)
  await networks.open()

  await expect(networks.offer('DINOv2 ViT-S/14')).toContainText(
    /DINOv2 ViT-S\/14, 8\d(\.\d)? MB from huggingface\.co, license Apache-2\.0.*142 million photographs/,
  )
  await expect(networks.offer('MobileNetV2 0.35')).toContainText('1.28 million photographs (ImageNet)')
})

test('an ONNX file that cannot be used says why', async ({ page }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-e2e-'))
  const file = path.join(folder, 'letter.onnx')
  writeFileSync(file, 'not a network')
  const { networks } = pagesOf(page, app)
  await logIn(page, app)
  await networks.open()
  await networks.examine(file)

  await expect(networks.refusal('it is not an ONNX file, or it is damaged')).toBeVisible({ timeout: 60_000 })
  await networks.discard()
  await expect(networks.fileField).toBeVisible()
  rmSync(folder, { recursive: true })
})

test('a vision transformer as ONNX file is examined and added', async ({ page }) => {
  const { networks } = pagesOf(page, app)
  await logIn(page, app)
  await networks.open()
  await networks.examine(VIT)

  await expect(networks.features(/last_hidden_state.*first token \(CLS\): 32 features/)).toBeChecked({
    timeout: 60_000,
  })
  await networks.features(/mean of all tokens: 32 features/).check()
  await networks.add('my-vit')
  await expect(networks.installed('my-vit')).toContainText('32', { timeout: 60_000 })
})

test('Retrain says that the default network is missing, and trains on the one that is chosen', async ({
  page,
}) => {
  test.setTimeout(TRAINING_MS + 60_000)
  const { newClassifier, retrain } = pagesOf(page, app)
  await logIn(page, app)
  await newClassifier.create('Two signs', { name: 'signs.zip', buffer: twoSigns(OF_EACH) })
  await retrain.open('two-signs')
  if (!existsSync(DEFAULT_NETWORK)) await expect(retrain.missingNetwork('MobileNetV3-Small')).toBeVisible()
  await retrain.chooseNetwork('my-vit')
  await retrain.start('Train')

  await expect(retrain.promoted('v1')).toBeVisible({ timeout: TRAINING_MS })
})

test('its version predicts; it is available as ONNX, and not for TensorFlow.js', async ({ page }) => {
  await logIn(page, app)
  const predicted = await page.request.post(`${app.url}/api/predict?classifier=two-signs`, {
    headers: { origin: app.url },
    multipart: { file: { name: 'star.png', mimeType: 'image/png', buffer: image('star', 7_000) } },
  })
  const { models } = (await (
    await page.request.get(`${app.url}/api/models?classifier=two-signs`)
  ).json()) as {
    models: { id: string }[]
  }
  const download = (format: string) =>
    page.request.get(`${app.url}/api/models/${models[0]!.id}/download?format=${format}`)

  expect(predicted.status()).toBe(200)
  expect((await download('onnx')).status()).toBe(200)
  const refused = await download('tfjs')
  expect(refused.status()).toBe(404)
  expect(await refused.text()).toContain(
    'its pretrained network is an ONNX file, which TensorFlow.js cannot load',
  )
})

test('a removed network is gone, and its version stays', async ({ page }) => {
  const { networks } = pagesOf(page, app)
  await logIn(page, app)
  await networks.open()
  await networks.remove('my-vit')

  await expect(networks.installed('my-vit')).toHaveCount(0)
  const again = await page.request.post(`${app.url}/api/predict?classifier=two-signs`, {
    headers: { origin: app.url },
    multipart: { file: { name: 'ring.png', mimeType: 'image/png', buffer: image('ring', 7_000) } },
  })
  expect(again.status()).toBe(200)
})
