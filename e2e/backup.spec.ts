/**
 * A user makes a backup on the page while predictions continue; restored to an empty folder it is the same
 * product, and a flipped byte in it is reported.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, type BrowserContext } from '@playwright/test'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { browserCookies, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'

const IMAGES = 60
const CLASSIFIER = 'shapes'
const backupDir = mkdtempSync(path.join(tmpdir(), 'darkroom-backups-'))
const restoredDir = path.join(backupDir, 'restored')

let product: OwnProduct
test.beforeAll(async () => {
  product = await startOwnProduct({
    DEFAULT_CLASSIFIER: CLASSIFIER,
    BACKUP_DIR: backupDir,
    RATE_LIMIT_ENABLED: 'false',
  })
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
  rmSync(backupDir, { recursive: true, force: true })
})

const predictions = (of: Pick<OwnProduct, 'request'>) =>
  Promise.all(
    Array.from({ length: IMAGES }, async (_, i) => {
      const { json } = await of.request('POST', '/api/predict?save=true', {
        headers: { 'content-type': 'image/png' },
        body: new Uint8Array(encodePng(drawShape(SHAPES[i % SHAPES.length]!, i))),
      })
      return [json['model_version'], json['probabilities']]
    }),
  )

const command = (name: 'backup' | 'restore', args: readonly string[], dataDir: string) =>
  spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(import.meta.dirname, `../lib/commands/${name}.ts`),
      ...args,
    ],
    { env: { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir, BACKUP_DIR: backupDir }, encoding: 'utf8' },
  )

const asAdmin = (context: BrowserContext): Promise<void> =>
  context.addCookies(browserCookies(product.admin, product.url))

test('a backup from the page, restored elsewhere, predicts the same; a flipped byte in it is reported', async ({
  page,
  context,
}) => {
  test.setTimeout(180_000)
  const before = await predictions(product)
  await asAdmin(context)
  const { backups } = pagesOf(page, product)
  await backups.open()
  await expect(backups.none).toBeVisible()

  await backups.create()
  await expect(backups.verified).toBeVisible({ timeout: 60_000 })
  const [name] = readdirSync(backupDir).filter((one) => one.startsWith('20'))
  await expect(backups.row(name!)).toBeVisible()

  const backup = path.join(backupDir, name!)
  const running = command('restore', ['--from', backup], product.dataDir)
  expect([running.status, running.stderr]).toEqual([1, expect.stringContaining('is using')])
  const restore = command('restore', ['--from', backup], restoredDir)
  expect(restore.stdout + restore.stderr).toContain('The folder was empty before.')

  const database = path.join(backup, 'data', 'darkroom.db')
  const bytes = readFileSync(database)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  writeFileSync(database, bytes)
  const verify = command('backup', ['--verify', backup], product.dataDir)
  expect([verify.status, verify.stdout]).toEqual([1, expect.stringContaining('data/darkroom.db has changed')])

  await using restored = await startOwnProduct({
    DEFAULT_CLASSIFIER: CLASSIFIER,
    DATA_DIR: restoredDir,
    BACKUP_DIR: backupDir,
    RATE_LIMIT_ENABLED: 'false',
  })
  expect(await predictions(restored)).toEqual(before)
  const count = async (of: OwnProduct) =>
    (await of.request('GET', `/api/statistics?classifier=${CLASSIFIER}`)).json['total_predictions']
  expect(await count(restored)).toBe(2 * IMAGES)
})
