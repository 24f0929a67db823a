/** Sets as people have them, on the upload page: the plan is shown before anything is stored, one click reads the files
 *  another way, and a user decides about an image with two labels. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startEmptyProduct, type FreshProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn } from './people.ts'
import { expectNoAxeFindings, test } from './watched.ts'

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
let folder: string
test.beforeAll(async () => {
  app = await startEmptyProduct()
  folder = await mkdtemp(join(tmpdir(), 'upload-sets-'))
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const zipOf = (names: readonly string[], first: number): Buffer =>
  Buffer.from(zipFile(names.map((name, i) => ({ name, content: image('star', first + i) }))))

test('a folder is read like an archive: with its test set, without hidden files', async ({ page }) => {
  await becomeOwner(page, app)
  const paths = [
    'train/star/1.png',
    'train/ring/1.png',
    'test/star/2.png',
    'sheet.png',
    'train/star/.x/1.png',
  ]
  for (const [i, path] of paths.entries()) {
    const file = join(folder, 'my-set', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, image('ring', 500 + i))
  }
  const { upload } = pagesOf(page, app)
  await upload.open('shapes')
  await upload.selectFolder(join(folder, 'my-set'))

  await expect(upload.plan).toContainText('Read as 2 classes: ring (1) and star (1), with a test set of 1.')
  await expect(upload.plan).toContainText('It is not in a class folder')
  await upload.send('')
  await expect(upload.report(3)).toBeVisible()
})

test('an uncertain archive is shown with its other reading, which is one click away', async ({ page }) => {
  const { upload } = pagesOf(page, app)
  await logIn(page, app)
  await upload.open('shapes')
  await upload.select('letters.zip', zipOf(['A/1.png', 'A/2.png', 'a/3.png', 'a/4.png'], 600))
  await expect(upload.plan).toContainText('Read as 2 classes: A (2) and a (2).')
  await expectNoAxeFindings(page)
  await upload.readAs('1 class')

  await expect(upload.plan).toContainText('Read as 1 class: A (4).')
  await upload.send('letters.zip')
  await expect(upload.report(4)).toBeVisible()
})

test('an image with two labels is excluded until a user chooses one', async ({ page }) => {
  const { upload } = pagesOf(page, app)
  await logIn(page, app)
  await upload.open('shapes')
  const same = image('triangle', 700)
  const entries = ['star/a.png', 'ring/b.png'].map((name) => ({ name, content: same }))
  await upload.select(
    'two.zip',
    Buffer.from(zipFile([...entries, { name: 'ring/c.png', content: image('ring', 701) }])),
  )
  await upload.send('two.zip')
  await expect(upload.report(2)).toContainText('1 image has several labels')
  await upload.chooseLabel('ring')

  await expect(upload.chosen('ring').first()).toBeVisible()
})

test('a black image and one of two classes are found after the upload, repaired and undone', async ({
  page,
}) => {
  const { upload, findings } = pagesOf(page, app)
  await logIn(page, app)
  await upload.open('shapes')
  const black = encodePng({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3) })
  const same = image('triangle', 800)
  const entries = [
    ...[801, 802, 803].map((n) => ({ name: `ring/${n}.png`, content: image('ring', n) })),
    { name: 'ring/black.png', content: black },
    { name: 'ring/both.png', content: same },
    { name: 'star/both.png', content: same },
  ]
  await upload.select('faulty.zip', Buffer.from(zipFile(entries)))
  await upload.send('faulty.zip')
  await expect(upload.report(5)).toBeVisible()

  await findings.open('shapes')
  await expect(findings.kind('Several labels (1)')).toBeVisible({ timeout: 15_000 })
  await expectNoAxeFindings(page)
  await findings.press('ring/both.png', 'It is star')
  await expect(findings.done('1 image labelled star.')).toBeVisible()
  await expect(findings.kind('Several labels (1)')).toBeHidden()

  await findings.kind('Too dark (1)').click()
  await findings.press('ring/black.png', 'Exclude')
  await expect(findings.kind('Too dark (1)')).toBeHidden()
  await findings.undo()
  await expect(findings.kind('Too dark (1)')).toBeVisible()
  await findings.press('ring/black.png', 'Not a problem')
  await expect(findings.kind('Too dark (1)')).toBeHidden()
  await findings.dismissed(1).click()
  await findings.press('ring/black.png', 'List it again')
  await expect(findings.done('It is listed again.')).toBeVisible()
  await findings.open('shapes')
  await expect(findings.kind('Too dark (1)')).toBeVisible()
})
