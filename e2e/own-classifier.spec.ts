/**
 * A classifier of one's own by the page New classifier, from a ZIP archive to the start of the first training
 * run; and the programs of its page Use, run as the page shows them.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect } from '@playwright/test'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn, twoSigns } from './people.ts'
import { expectFocus, test } from './watched.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'

const OF_EACH = 4
const PROGRAM_MS = 60_000

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

test('a classifier is named, left, resumed, filled from a ZIP archive, changed and trained', async ({
  page,
}) => {
  const { newClassifier, classifierSettings } = pagesOf(page, app)
  await becomeOwner(page, app)
  await newClassifier.openFromHome()

  await newClassifier.name('Two signs')
  await expect(newClassifier.currentStep).toContainText('Images')
  await newClassifier.open('two-signs')
  await newClassifier.upload('signs.zip', twoSigns(OF_EACH))
  await expect(newClassifier.understood).toContainText(`${2 * OF_EACH} images in 2 classes`)
  await expect(newClassifier.advice).toContainText(`has ${OF_EACH} images`)

  await classifierSettings.open('two-signs')
  await classifierSettings.renameClass('ring', 'hoop')
  await expect(classifierSettings.row('hoop')).toBeVisible()
  await expectFocus(page)
  await classifierSettings.undo()
  await expect(classifierSettings.row('ring')).toContainText(String(OF_EACH))
  await classifierSettings.renameClass('ring', 'circle')
  await expect(classifierSettings.row('circle')).toContainText(String(OF_EACH))
  await classifierSettings.recentChanges.click()
  await expect(classifierSettings.recentChanges).toContainText('“hoop” renamed to “ring”')

  await newClassifier.open('two-signs')
  await expect(newClassifier.understood).toContainText('circle')
  await newClassifier.train()
  await expect(page).toHaveURL(/\/train\//)
  await newClassifier.open('two-signs')
  await expect(newClassifier.done('Two signs')).toBeVisible()
})

test('the programs of the page Use work as shown, with a key that was made there', async ({ page }) => {
  test.skip(spawnSync('curl', ['--version']).status !== 0, 'there is no curl on this machine')
  const { use } = pagesOf(page, app)
  await logIn(page, app)
  await use.open('shapes')
  await use.createKey()
  const key = await use.key()
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-use-'))
  try {
    writeFileSync(path.join(folder, 'image.jpg'), image('star', 1))
    const run = (program: string, ...args: string[]) =>
      spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: PROGRAM_MS })

    const shell = await use.program('curl')
    expect(shell).toContain(key)
    const answer = run('sh', '-c', shell)
    expect(JSON.parse(answer.stdout), answer.stderr).toMatchObject({ success: true, classifier: 'shapes' })

    writeFileSync(path.join(folder, 'predict.mjs'), await use.program('JavaScript'))
    const { stdout, stderr } = run(process.execPath, 'predict.mjs')
    expect(stripVTControlCharacters(stdout), stderr).toMatch(/^star 0\.\d+\n$/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
