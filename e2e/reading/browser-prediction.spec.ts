/** Predictions in the browser: the same answers as the server, without the server, from the camera, and from a page
 *  that was exported. BROWSER_IMAGES: how many images are compared; docs/performance.md has the figures of 200. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, type LaunchOptions, type Page } from '@playwright/test'
import { readZip } from '#lib/archive/read-zip.ts'
import { ROOT } from '#lib/checks/sources.ts'
import { listModels, type VersionAnswer } from '#lib/contracts/models.ts'
import { prediction as predictionSchema } from '#lib/contracts/predict.ts'
import { NETWORK_ADDRESS, withCameraAndNetworkAddress } from '../camera.ts'
import type { ProductSession } from '../own-product.ts'
import { pagesOf } from '../pages.ts'
import { exportedPage } from '../pages/browser-prediction.ts'
import type { ImageFile } from '../pages/predict.ts'
import { image } from '../people.ts'
import { test as reading } from '../reading-product.ts'

const test = reading.extend<object, { readonly launchOptions: LaunchOptions }>({
  launchOptions: [withCameraAndNetworkAddress, { scope: 'worker' }],
})

const IMAGES = Number(process.env['BROWSER_IMAGES'] ?? 6)
/** Of a probability, from a server that may compute with 8-bit numbers: 0.053 in 200 photographs (2026-11-30). */
const MOST_DIFFERENCE = 0.07
const PHOTOGRAPHS = path.resolve(
  ROOT,
  process.env['DARKROOM_REAL_DATA'] ?? '../shared/data',
  'cats-dogs/cats-dogs.zip',
)

const stars = (count: number): ImageFile[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `image-${i}.png`,
    mimeType: 'image/png',
    buffer: image((['star', 'ring', 'cross'] as const)[i % 3]!, i),
  }))

test('the browser and the server predict the same, and the browser goes on without the server', async ({
  page,
  context,
  shared,
}) => {
  const { predict, browserPrediction } = pagesOf(page, shared)
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await predict.open('shapes')
  expect(requested.filter((url) => url.includes('/api/model/'))).toEqual([])

  await browserPrediction.inThisBrowser()
  await expect(browserPrediction.ready).toBeVisible()
  await predict.drop(stars(1)[0]!)
  await expect(predict.predictedClass).toHaveText('star')
  await browserPrediction.compare()
  await expect(browserPrediction.agreement).toHaveText(
    /^The server predicts the same class\. .* [0-7]\.\d percentage points\.$/,
  )

  await context.setOffline(true)
  await predict.drop(stars(2)[1]!)
  await expect(predict.predictedClass).toHaveText('ring')
  await context.setOffline(false)
})

test('photographs get the probabilities of the server in the browser', async ({ page, shared }) => {
  test.skip(!existsSync(PHOTOGRAPHS), 'the photographs are not available')
  test.setTimeout(120_000 + IMAGES * 2_000)
  const { predict, browserPrediction } = pagesOf(page, shared)
  const files = await photographs(IMAGES)
  await predict.open('cats-dogs')
  const server = await answersOf(page, shared, files)
  await browserPrediction.inThisBrowser()
  await expect(browserPrediction.ready).toBeVisible()
  const browser = await answersOf(page, shared, files)

  const furthest = Math.max(
    ...server.flatMap(({ probabilities }, i) =>
      probabilities.map((p, k) => Math.abs(p - browser[i]!.probabilities[k]!)),
    ),
  )
  const different = server.filter(({ top }, i) => browser[i]!.top !== top).length
  console.log(`${files.length} images, ${different} other classes, largest difference ${furthest.toFixed(4)}`)
  expect(server.some(({ probabilities }) => Math.max(...probabilities) < 0.99)).toBe(true)
  expect(furthest).toBeLessThanOrEqual(MOST_DIFFERENCE)
})

test('the camera gets predictions in the browser, and its image can be taken', async ({
  page,
  context,
  shared,
}) => {
  await context.grantPermissions(['camera'])
  const { predict, browserPrediction } = pagesOf(page, shared)
  await predict.open('shapes')
  await browserPrediction.inThisBrowser()
  await expect(browserPrediction.ready).toBeVisible()

  await browserPrediction.camera()
  await browserPrediction.startCamera()
  await expect(browserPrediction.live).toContainText('%')
  await expect(browserPrediction.framesPerSecond).toBeVisible()
  await browserPrediction.takeImage()
  await expect(predict.image('camera.jpg')).toBeVisible()
  await browserPrediction.stopCamera()
  await expect(browserPrediction.live).toBeHidden()
})

test('a refused camera is explained with what to do', async ({ page, shared }) => {
  const { predict, browserPrediction } = pagesOf(page, shared)
  await predict.open('shapes')

  await browserPrediction.camera()
  await browserPrediction.startCamera()

  await expect(browserPrediction.noCamera).toContainText('did not allow this page to use the camera')
})

reading('a device without a camera gets the advice to connect one', async ({ page, context, shared }) => {
  await context.grantPermissions(['camera'])
  const { predict, browserPrediction } = pagesOf(page, shared)
  await predict.open('shapes')

  await browserPrediction.camera()
  await browserPrediction.startCamera()

  await expect(browserPrediction.noCamera).toContainText('No camera was found. Connect one')
})

test('without HTTPS, predictions work, and the camera says how the page gets a certificate', async ({
  page,
  shared,
  complaints,
}) => {
  const url = shared.url.replace(/127\.0\.0\.1|localhost/, NETWORK_ADDRESS)
  const { predict, browserPrediction } = pagesOf(page, { url })
  await predict.open('shapes')

  await predict.drop(stars(1)[0]!)
  await expect(predict.predictedClass).toHaveText('star')
  await browserPrediction.camera()
  await browserPrediction.startCamera()
  await expect(browserPrediction.noCamera).toContainText('only over HTTPS or on localhost')
  await expect(browserPrediction.httpsAdvice).toBeVisible()

  const aboutHttps = complaints.filter((text) => text.startsWith('The Cross-Origin-Opener-Policy header'))
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !aboutHttps.includes(text)))
})

test('a version exported as a web page predicts from disk as the server does', async ({
  page,
  shared,
}, testInfo) => {
  const file = testInfo.outputPath('shapes.html')
  const [star] = stars(1)
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(star!.buffer)], { type: 'image/png' }), star!.name)
  const answer = predictionSchema.parse(
    (await shared.request('POST', '/api/predict?classifier=shapes&save=false', { body: form })).json,
  )
  const { id } = await liveVersion(shared, 'shapes')
  const download = await shared.request('GET', `/api/models/${id}/download?format=webpage`, {
    headers: { cookie: shared.admin },
  })
  writeFileSync(file, download.text)

  const exported = exportedPage(page)
  await exported.open(file)
  await expect(exported.status).toHaveText(/^Ready/)
  await exported.choose(star!)
  await expect(exported.prediction).toContainText(answer.predicted_class)
  for (const text of await exported.rows.allInnerTexts()) {
    const [name, percent] = text.split('\t')
    const difference = Number.parseFloat(percent!) / 100 - answer.probabilities[name!]!
    expect(Math.abs(difference), name).toBeLessThan(MOST_DIFFERENCE)
  }
})

async function liveVersion(shared: ProductSession, classifier: string): Promise<VersionAnswer> {
  const { json } = await shared.request('GET', `/api/models?classifier=${classifier}`, {
    headers: { cookie: shared.admin },
  })
  const live = listModels.output.parse(json).models.find((model) => model.is_live)
  if (!live) throw new Error(`${classifier} has no live version`)
  return live
}

type Answer = { readonly top: string; readonly probabilities: readonly number[] }

/** The predictions of these images, as the page writes them into its table. */
async function answersOf(
  page: Page,
  shared: ProductSession,
  files: readonly ImageFile[],
): Promise<readonly Answer[]> {
  const { predict } = pagesOf(page, shared)
  await predict.drop([...files])
  await expect(predict.rows).toHaveCount(files.length + 1)
  await expect(predict.downloadCsv).toBeEnabled({ timeout: 60_000 + files.length * 1_000 })
  const downloading = page.waitForEvent('download')
  await predict.downloadCsv.click()
  const [head, ...rows] = readFileSync(await (await downloading).path(), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','))
  const first = head!.findIndex((name) => name.includes('p('))
  return rows.map((row) => ({ top: row[1]!, probabilities: row.slice(first).map(Number) }))
}

/** Official test images, as many cats as dogs. */
async function photographs(count: number): Promise<ImageFile[]> {
  const taken = { cat: [] as ImageFile[], dog: [] as ImageFile[] }
  for await (const entry of readZip(PHOTOGRAPHS, { entryBytes: 2 ** 20, totalBytes: 2 ** 30 })) {
    if (entry.kind !== 'file' || !entry.path.startsWith('test/')) continue
    const of = taken[/\/cats?\//.test(entry.path) ? 'cat' : 'dog']
    if (of.length < count / 2)
      of.push({
        name: path.basename(entry.path),
        mimeType: 'image/webp',
        buffer: Buffer.from(entry.bytes),
      })
  }
  return [...taken.cat, ...taken.dog]
}
