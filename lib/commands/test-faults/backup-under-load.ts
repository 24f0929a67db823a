/**
 * A backup made by the command while predictions and an upload arrive: it has every prediction acknowledged before it
 * began, the product restored from it predicts the same, and a flipped byte in any kind of its files is found.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from '#lib/processes/settings.ts'
import type { Context, CheckResult } from './fault-scenario.ts'
import { upload } from './full-disk.ts'
import { missingRows } from './kills.ts'
import { startProduct, type Product } from './product.ts'
import { noisyImage, smallImage, startTraffic } from './traffic.ts'

const UNDER_LOAD = { clients: 4, pauseMs: 0 }
const IMAGES_OF_A_CLASS = 20
/** Larger than the limit for a database row (32 kB): it becomes a file. */
const FILE_SIDE = 160
/** One file of each kind in a backup: the database, an image, the session secret. */
const KINDS = [/darkroom\.db$/, /[0-9a-f]{64}/, /secret/] as const

export async function backupUnderLoad({ count, say }: Context): Promise<readonly CheckResult[]> {
  const images = count({ short: 60, long: 500 })
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-backup-'))
  try {
    await using product = await startProduct()
    await upload(product, IMAGES_OF_A_CLASS)
    await product.predict(noisyImage(FILE_SIDE, 1).png)
    const before = await predictionsOf(product, images)
    const counts = await countsOf(product)
    say('backing up under load')
    const traffic = startTraffic(product, UNDER_LOAD)
    const made = await command('backup', ['--to', path.join(folder, 'backups')], product)
    const figures = await traffic.end()
    const backup = path.join(folder, 'backups', newest(path.join(folder, 'backups')))

    say('flipping bytes, and restoring')
    const undetected = await undetectedFlips(backup, product)
    const restoredDir = path.join(folder, 'restored')
    const restore = await command('restore', ['--from', backup], { dataDir: restoredDir })
    if (restore.code !== 0) throw new Error(`npm run restore: ${restore.output}`)
    await using restored = await startProduct({}, { dataDir: restoredDir })
    const missing = await missingRows(restored, before.ids)
    const after = await predictionsOf(restored, images)
    const hasSameCounts = counts === (await countsOf(restored))
    const differing = after.predictions.filter((one, index) => one !== before.predictions[index]).length
    return [
      {
        what: `backup while ${UNDER_LOAD.clients} clients predict`,
        expected: 'it is complete; no request fails',
        measured: `exit code ${made.code}; ${figures.ids.length} acknowledged, ${figures.failures.length} failed`,
        holds: made.code === 0 && figures.failures.length === 0 && figures.ids.length > 0,
      },
      {
        what: 'restored to an empty folder',
        expected: `the same ${images} predictions; all acknowledged before the backup; the same images and versions`,
        measured:
          `${differing} of ${images} predictions differ, ${missing} rows missing; ` +
          `${hasSameCounts ? 'the same' : 'other'} images and versions`,
        holds: restore.code === 0 && differing === 0 && missing === 0 && hasSameCounts,
      },
      {
        what: 'one byte of a file of the backup flipped',
        expected: 'the verification names the file, for each kind of file',
        measured:
          undetected.length === 0
            ? `${KINDS.length} of ${KINDS.length} named`
            : `not named: ${undetected.join()}`,
        holds: undetected.length === 0,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Predictions = { readonly ids: readonly string[]; readonly predictions: readonly string[] }

async function predictionsOf(product: Product, images: number): Promise<Predictions> {
  const ids: string[] = []
  const predictions: string[] = []
  for (let seed = 0; seed < images; seed++) {
    const { status, body } = await product.predict(smallImage(seed))
    if (status !== 200) throw new Error(`Image ${seed} got ${status} ${String(body['detail'])}`)
    ids.push(String(body['id']))
    predictions.push(JSON.stringify([body['model_version'], body['probabilities']]))
  }
  return { ids, predictions }
}

/** Versions and images by class, without what a prediction changes. */
async function countsOf(product: Product): Promise<string> {
  const [classes, models] = await Promise.all([
    product.request('/api/samples?classifier=shapes&limit=1'),
    product.request('/api/models?classifier=shapes'),
  ])
  const versions = models.body['models'] as readonly { readonly version: string }[]
  return JSON.stringify([classes.body['total'], versions.map(({ version }) => version)])
}

/** The kinds of files in which a flipped byte was not found. Every file is as before afterwards. */
async function undetectedFlips(backup: string, product: Product): Promise<readonly string[]> {
  const files = readdirSync(backup, { recursive: true, encoding: 'utf8' })
  const undetected: string[] = []
  for (const kind of KINDS) {
    const name = files.find((file) => kind.test(file))
    if (name === undefined) throw new Error(`The backup has no file of the kind ${String(kind)}`)
    const file = path.join(backup, name)
    const bytes = readFileSync(file)
    writeFileSync(file, flipped(bytes))
    const { code, output } = await command('backup', ['--verify', backup], product)
    if (code !== 1 || !output.includes(name)) undetected.push(name)
    writeFileSync(file, bytes)
  }
  return undetected
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[Math.floor(copy.length / 2)]! ^= 1
  return copy
}

const newest = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => name.startsWith('20'))
    .toSorted()
    .at(-1)!

type CommandResult = { readonly code: number | null; readonly output: string }

function command(
  name: 'backup' | 'restore',
  args: readonly string[],
  { dataDir }: Pick<Product, 'dataDir'>,
): Promise<CommandResult> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(ROOT, `lib/commands/${name}.ts`), ...args],
    { env: { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
