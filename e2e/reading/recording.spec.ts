/** Why no images can be recorded: each reason is a sentence that says what to do. */
import { expect, type LaunchOptions } from '@playwright/test'
import { NETWORK_ADDRESS, withCameraAndNetworkAddress } from '../camera.ts'
import { browserCookies } from '../own-product.ts'
import { pagesOf } from '../pages.ts'
import { test as reading } from '../reading-product.ts'

const test = reading.extend<object, { readonly launchOptions: LaunchOptions }>({
  launchOptions: [withCameraAndNetworkAddress, { scope: 'worker' }],
})

test('a refused permission says where to allow it', async ({ ownerPage, shared }) => {
  const { upload, recording } = pagesOf(ownerPage, shared)
  await upload.open('shapes')
  await recording.open()

  await expect(recording.noCamera).toContainText('Allow it in the site settings')
  await expect(recording.holdButton).toBeHidden()
})

reading(
  'a device without a camera gets the advice to connect one',
  async ({ ownerPage, context, shared }) => {
    await context.grantPermissions(['camera'])
    const { upload, recording } = pagesOf(ownerPage, shared)
    await upload.open('shapes')
    await recording.open()

    await expect(recording.noCamera).toContainText('No camera was found. Connect one')
  },
)

test('an address without HTTPS leads to the instructions for HTTPS', async ({
  page,
  context,
  shared,
  complaints,
}) => {
  const url = shared.url.replace(/127\.0\.0\.1|localhost/, NETWORK_ADDRESS)
  await context.addCookies(browserCookies(shared.admin, url))
  const { upload, recording } = pagesOf(page, { url })
  await upload.open('shapes')
  await recording.open()
  await expect(recording.noCamera).toContainText('only over HTTPS or on localhost')

  await recording.httpsAdvice.click()
  await expect(recording.aboutHttps).toBeInViewport()

  const aboutHttps = complaints.filter((text) => text.startsWith('The Cross-Origin-Opener-Policy header'))
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !aboutHttps.includes(text)))
})
