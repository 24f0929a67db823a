/** A user works on images: by mouse, then by keyboard alone. */
import { expect } from '@playwright/test'
import { ADMIN, browserCookies, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { image, twoSigns } from './people.ts'
import { test } from './watched.ts'

const OF_EACH = 30

let product: OwnProduct

test.beforeAll(async () => {
  test.setTimeout(180_000)
  product = await startOwnProduct()
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(twoSigns(OF_EACH))]), 'signs.zip')
  const uploaded = await product.request('POST', '/api/upload?classifier=signs&create=true', {
    headers: { cookie: product.admin, origin: product.url },
    body: form,
  })
  expect(uploaded.json['count'], ADMIN.email).toBe(2 * OF_EACH)
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

test('images are relabelled, excluded and deleted by mouse and by keyboard, and each change is undone', async ({
  page,
}) => {
  await page.context().addCookies(browserCookies(product.user, product.url))
  const { images } = pagesOf(page, product)
  await images.open('signs', { sort: 'name' })
  await expect(images.image(0)).toBeVisible()

  // by mouse: a rectangle, Ctrl, all that match
  await images.drawRectangle(0, 1)
  await expect(images.selected).toHaveCount(2)
  await images.image(4).click({ modifiers: ['Control'] })
  await expect(images.summary).toHaveText('3 images selected')
  await images.moveToTrash()
  await expect(images.changed('3 images moved to the trash.')).toBeVisible()
  await images.undo()
  await expect(images.summary).toContainText(`${2 * OF_EACH} images`)
  await images.filterByClass('ring')
  await expect(page).toHaveURL(/class=ring/)
  await images.selectAll()
  await images.setLabel('star')
  await expect(images.changed(`${OF_EACH} images labelled “star”.`)).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(images.changed(`Undone: ${OF_EACH} images.`)).toBeVisible()
  await expect(images.imagesLabelled('ring').first()).toBeVisible()

  // by keyboard: move, select, exclude, label, undo, enlarge, help
  await images.grid.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(images.selected).toHaveCount(2)
  await page.keyboard.press('x')
  await expect(images.excluded).toHaveCount(2)
  await page.keyboard.press('u')
  await expect(images.excluded).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect(images.enlarged).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(images.enlarged).toContainText(`of ${OF_EACH}`)
  await page.keyboard.press('Escape')
  await expect(images.enlarged).toBeHidden()
  await page.keyboard.press('?')
  await expect(images.help.itself).toBeVisible()
})

test('images without a label are labelled by keys that are faster than the server, one image for each key', async ({
  page,
}) => {
  const form = new FormData()
  for (const i of [1, 2, 3])
    form.append('files', new Blob([new Uint8Array(image('ring', 7_000 + i))]), `new ${i}.png`)
  const headers = { cookie: product.admin, origin: product.url }
  await product.request('POST', '/api/upload?classifier=signs&unlabelled=true', { headers, body: form })
  await page.context().addCookies(browserCookies(product.user, product.url))
  const { images } = pagesOf(page, product)
  await images.open('signs', { state: 'unlabelled', sort: 'name' })
  let answer = () => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/api/samples', async (route) => {
    if (route.request().method() === 'PATCH') await answered
    await route.continue()
  })

  await images.grid.focus()
  await page.keyboard.press('Enter')
  await expect(images.enlarged).toContainText('1 of 3')
  await page.keyboard.press('2')
  await page.keyboard.press('2')
  await expect(images.enlarged).toContainText('new 3.png')
  await page.keyboard.press('2')
  await expect(images.enlarged).toBeHidden()
  answer()

  const unlabelled = async () =>
    (await product.request('GET', '/api/samples?classifier=signs&state=unlabelled', { headers })).json[
      'total'
    ]
  await expect.poll(unlabelled).toBe(0)
  await expect(images.allLabelled).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(images.image(0)).toHaveAccessibleName('No label, new 3.png')
  expect(await unlabelled()).toBe(1)
})
