/** A phone joins by a link, without an account: its images arrive in the open page, it predicts, and the link ends. */
import { expect } from '@playwright/test'
import { NETWORK_ADDRESS, withNetworkAddress } from './camera.ts'
import { browserCookies, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { image } from './people.ts'
import { expectNoAxeFindings, test } from './watched.ts'

test.use({ launchOptions: withNetworkAddress })

let app: OwnProduct
test.beforeAll(async () => {
  app = await startOwnProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

const photo = (seed: number) => ({
  name: 'photo.png',
  mimeType: 'image/png',
  buffer: image('star', seed),
})

test('a phone adds an image of one class by a link, which arrives in the open page, until the link is ended', async ({
  page,
  context,
  browser,
  complaints,
}) => {
  const url = app.url.replace('127.0.0.1', NETWORK_ADDRESS)
  await context.addCookies(browserCookies(app.user, url))
  const { upload, phonePanel } = pagesOf(page, { url })
  await upload.open('shapes')
  await phonePanel.open()
  await phonePanel.chooseClass('star')
  await phonePanel.create()
  await expect(phonePanel.qrCode).toBeVisible()
  const address = await phonePanel.address()

  const other = await browser.newContext({ viewport: { width: 360, height: 740 } })
  const phoneTab = await other.newPage()
  const { phone } = pagesOf(phoneTab, { url })
  await phone.open(address)
  await expect(phone.heading('Shapes')).toBeVisible()
  await expect(phoneTab).toHaveURL(`${url}/phone/link`) // the token is not in the address bar
  await phoneTab.reload()
  await expect(phone.heading('Shapes')).toBeVisible()
  await expectNoAxeFindings(phoneTab)
  await phone.takePhoto(photo(7_001))
  await expect(phone.message('Uploaded 1 image successfully')).toBeVisible()
  await expect(phonePanel.arrived('star')).toBeVisible()
  await phone.predictPhoto(photo(7_002))
  await expect(phone.message('star,')).toBeVisible()

  await phonePanel.endNow()
  await expect(phonePanel.ended).toBeVisible()
  await phone.takePhoto(photo(7_003))
  await expect(phone.failure).toContainText('This phone link cannot be used')
  await phone.open(address)
  await expect(phone.unusable).toBeVisible()
  await expect(phone.reason(/it was ended at/)).toBeVisible()
  await other.close()

  const aboutHttps = complaints.filter((text) => text.startsWith('The Cross-Origin-Opener-Policy header'))
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !aboutHttps.includes(text)))
})

test('on localhost, the panel says how a phone reaches this computer', async ({ page, context }) => {
  await context.addCookies(browserCookies(app.user, app.url))
  const { upload, phonePanel } = pagesOf(page, app)
  await upload.open('shapes')
  await phonePanel.open()

  await expect(phonePanel.notReachable).toBeVisible()
})

test('a link ends by itself, and the phone sees when', async ({ page }) => {
  const { phone } = pagesOf(page, app)
  const { json } = await app.request('POST', '/api/phone-links', {
    headers: { cookie: app.user, origin: app.url },
    body: { classifier: 'shapes', label: 'star', minutes: 0.1 },
  })
  const address = `${app.url}/phone/${String(json['token'])}`
  await phone.open(address)
  await expect(phone.heading('Shapes')).toBeVisible()

  await expect(async () => {
    await phone.open(address)
    await expect(phone.unusable).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(phone.reason(/it was valid until/)).toBeVisible()
})
