/** Images recorded with a camera while a button is held: where images are added, and in the steps of a new
 *  classifier. Chromium has a camera that shows a moving pattern. */
import { expect } from '@playwright/test'
import { listSamples, type SampleAnswer } from '#lib/contracts/uploads.ts'
import { withCamera } from './camera.ts'
import { browserCookies, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { expectNoAxeFindings, test } from './watched.ts'

test.use({ launchOptions: withCamera })

let app: OwnProduct
test.beforeAll(async () => {
  app = await startOwnProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})
test.beforeEach(async ({ context }) => {
  await context.addCookies(browserCookies(app.user, app.url))
  await context.grantPermissions(['camera'], { origin: app.url })
})

const samplesOf = async (classifier: string, label: string): Promise<readonly SampleAnswer[]> => {
  const { json } = await app.request('GET', `/api/samples?classifier=${classifier}&label=${label}`, {
    headers: { cookie: app.user },
  })
  return listSamples.output.parse(json).samples
}

test('images recorded by mouse and by keyboard are added to a new class, each recording as one group', async ({
  page,
}) => {
  const { upload, recording } = pagesOf(page, app)
  await page.setViewportSize({ width: 360, height: 740 })
  await upload.open('shapes')
  await recording.open()
  await expect(recording.holdButton).toBeDisabled()
  await recording.chooseClass('pattern')

  await recording.hold(4)
  const held = await recording.images.count()
  await recording.deleteImage(1)
  await expect(recording.images).toHaveCount(held - 1)
  await recording.holdSpace(2)
  const all = await recording.images.count()
  await expectNoAxeFindings(page)
  await recording.add(all)

  await expect(upload.report(held - 1)).toBeVisible()
  await expect(upload.report(all - held + 1)).toBeVisible()
  await expect(recording.images).toHaveCount(0)
  const samples = await samplesOf('shapes', 'pattern')
  expect(samples).toHaveLength(all)
  const uploads = Map.groupBy(samples, ({ created_at, filename }) => filename?.slice(0, -7) ?? created_at)
  for (const frames of uploads.values())
    expect(new Set(frames.map(({ group_id, split }) => `${group_id} ${split}`)).size).toBe(1)
})

test('a new classifier gets its first images from the camera', async ({ page }) => {
  const { newClassifier, recording } = pagesOf(page, app)
  await newClassifier.open()
  await newClassifier.name('Test cards')
  await recording.open()
  await recording.chooseClass('moving')
  await recording.hold(3)
  const count = await recording.images.count()
  await recording.add(count)

  await expect(newClassifier.understood).toContainText('moving')
  const samples = await samplesOf('test-cards', 'moving')
  expect(samples).toHaveLength(count)
  expect(new Set(samples.map(({ group_id }) => group_id)).size).toBe(1)
})
