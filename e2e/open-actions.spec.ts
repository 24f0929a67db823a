/** OPEN_ACTIONS: changes without a login, as in the earlier projects, with a visible warning. */
import { expect, test } from '@playwright/test'
import { broken, EARLIER, requestOf } from '#lib/http/earlier-clients.fakes.ts'
import { startOwnProduct, train, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'

let product: OwnProduct

test.beforeAll(async () => {
  test.setTimeout(300_000)
  product = await startOwnProduct({ OPEN_ACTIONS: 'true' })
  await train(product, await product.key('upload', 'train'))
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

for (const request of EARLIER.filter(({ path, method }) => method === 'POST' && path.startsWith('/upload'))) {
  test(`without a key: ${request.story}`, async () => {
    expect(await broken(request, await fetch(requestOf(request, product.url)))).toEqual([])
    expect(
      (await fetch(requestOf({ ...request, headers: { origin: 'https://elsewhere.example' } }, product.url)))
        .status,
    ).toBe(403)
  })
}

test('users and keys still require a login', async () => {
  for (const address of ['/api/keys', '/api/users', '/api/settings', '/api/audit'])
    expect((await product.request('GET', address)).status, address).toBe(401)
})

test('the start and every page show the warning', async ({ page }) => {
  expect(product.log()).toContain('OPEN_ACTIONS is on')
  const { frame } = pagesOf(page, product)
  for (const address of ['/', '/classifiers/shapes/predict', '/login']) {
    await frame.open(address)
    await expect(frame.note).toContainText('Public access is on')
  }
})

test('an anonymous user uploads and retrains on the pages', async ({ page }) => {
  const { frame } = pagesOf(page, product)
  for (const [address, name] of [
    ['/upload', 'Add images'],
    ['/retrain', 'Train'],
    ['/history', 'History'],
  ] as const) {
    await frame.open(address)
    await expect(frame.heading).toHaveText(name)
    await expect(frame.navigationLink(name)).toBeAttached()
  }
  await expect(page).toHaveURL(/history/)
})

test('a form without JavaScript ends on a page that shows the prediction', async ({ page }) => {
  const request = EARLIER.find(({ path, headers }) => path === '/predict' && headers?.accept !== undefined)!
  const location = (await fetch(requestOf(request, product.url))).headers.get('location')!

  const { frame, predict } = pagesOf(page, product)
  await frame.open(location)

  await expect(predict.storedHeading('test.png')).toBeVisible()
  await expect(predict.probabilities).toContainText('star')
})
