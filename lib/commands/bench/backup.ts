/**
 * `npm run bench -- backup`: how much a backup under load slows predictions, whether a restored product is
 * identical, and whether a flipped byte is noticed. It starts its own products and ends them; its backups
 * are deleted.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { prediction } from '#lib/contracts/predict.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { backupsIn, readSums } from '#lib/operations/backup/layout.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { answer } from './requests.ts'
import { createLines } from '../terminal/progress-line.ts'
import { ran, run } from './run-command.ts'

const HELP = `npm run bench -- backup [options]

Starts a separate instance, stores images and predictions in it, and backs it up under load.
Restores the backup to an empty folder, starts a second instance there, and compares rows and
predictions. Then flips one byte in each of several backup files.

  --images N    number of samples, predicted before and after (default: 500)
  --senders N   number of clients that predict during the backup (default: 4)
  --json        one JSON object instead of the table
  --help        show this help`

const CLASSIFIER = 'shapes'
const WITHOUT_BACKUP_MS = 5_000
/** Files of the backup in which a byte is flipped: the database, an image list, and some others. */
const FLIPS = 12
const AT_ONCE = 50

type BackupFigures = {
  readonly images: number
  readonly size_mb: number
  readonly files: number
  readonly backup_seconds: number
  readonly second_backup_seconds: number
  readonly restore_seconds: number
  readonly p99_ms_without: number
  readonly p99_ms_meanwhile: number
  readonly failed_predictions: number
  /** Predictions acknowledged before the backup started, and how many of them the restored product has. */
  readonly acknowledged: number
  readonly restored: number
  readonly samples_before: number
  readonly samples_restored: number
  readonly same_predictions: number
  readonly flipped_bytes: number
  readonly flips_named: number
}

const answered = prediction
  .pick({ probabilities: true, model_version: true })
  .extend({ id: prediction.shape.id.unwrap() })
type Prediction = ReturnType<typeof answered.parse>
type PredictionTiming = { readonly id: string; readonly at: number; readonly ms: number }

export async function benchBackup(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      images: { type: 'string', default: '500' },
      senders: { type: 'string', default: '4' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const figures = await backedUp(Number(values.images), Number(values.senders))
  if (values.json) console.log(JSON.stringify(figures))
  else
    for (const [name, value] of Object.entries(figures))
      console.log(`${name.replaceAll('_', ' ').padEnd(24)}${inWords(value)}`)
  const isSame =
    figures.same_predictions === figures.images &&
    figures.restored === figures.acknowledged &&
    figures.samples_restored === figures.samples_before
  return isSame && figures.flips_named === figures.flipped_bytes && figures.failed_predictions === 0 ? 0 : 1
}

async function backedUp(images: number, senders: number): Promise<BackupFigures> {
  const { passing } = createLines(process.stderr)
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-bench-backup-'))
  const backupDir = path.join(folder, 'backups')
  const settings = {
    DEFAULT_CLASSIFIER: CLASSIFIER,
    OPEN_ACTIONS: 'true',
    RATE_LIMIT_ENABLED: 'false',
    BACKUP_DIR: backupDir,
  }
  try {
    await using product = await startThrowawayProduct(settings)
    passing('Uploading images')
    const imageList = Array.from({ length: images }, (_, i) =>
      encodePng(drawShape(SHAPES[i % SHAPES.length]!, i)),
    )
    await uploadAll(product.url, imageList)
    passing('Predicting them')
    const before = await predictedAll(product.url, imageList)
    const load = sendUntilStopped(product.url, senders)
    await pause(WITHOUT_BACKUP_MS)
    const startedAt = performance.now()
    const acknowledged = [...before.map(({ id }) => id), ...load.sent.map(({ id }) => id)]
    passing('Backing up under load')
    const places = { DATA_DIR: product.dataDir, BACKUP_DIR: backupDir }
    const backupSeconds = await run('backup', [], places)
    const ended = performance.now()
    await load.stop()
    const secondSeconds = await run('backup', [], places)
    const [, backup] = await backupsIn(backupDir)
    if (!backup) throw new Error('The first backup is not there.')
    const samplesBefore = await samplesAt(product.url)

    passing('Restoring to an empty folder')
    const restoredDir = path.join(folder, 'restored')
    const restoreSeconds = await run('restore', ['--from', backup.folder], {
      ...places,
      DATA_DIR: restoredDir,
    })
    await using second = await startThrowawayProduct({ ...settings, DATA_DIR: restoredDir })
    const restored = await countOf(second.url, acknowledged)
    const samplesRestored = await samplesAt(second.url)
    const after = await predictedAll(second.url, imageList)

    passing('Flipping bytes')
    const flips = await flipsNamed(backup.folder, places)
    return {
      images,
      size_mb: backup.size_bytes / 1024 ** 2,
      files: backup.files,
      backup_seconds: backupSeconds,
      second_backup_seconds: secondSeconds,
      restore_seconds: restoreSeconds,
      p99_ms_without: p99(load.sent.filter(({ at }) => at < startedAt)),
      p99_ms_meanwhile: p99(load.sent.filter(({ at }) => at >= startedAt && at < ended)),
      failed_predictions: load.failed(),
      acknowledged: acknowledged.length,
      restored: restored,
      samples_before: samplesBefore,
      samples_restored: samplesRestored,
      same_predictions: before.filter(
        (one, i) =>
          JSON.stringify([one.model_version, one.probabilities]) ===
          JSON.stringify([after[i]!.model_version, after[i]!.probabilities]),
      ).length,
      ...flips,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function uploadAll(url: string, images: readonly Uint8Array[]): Promise<void> {
  for (let from = 0; from < images.length; from += AT_ONCE) {
    const form = new FormData()
    form.append('label', SHAPES[0]!)
    for (const [i, bytes] of images.slice(from, from + AT_ONCE).entries())
      form.append('files', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), `${from + i}.png`)
    await answer(url, 'POST', `/api/upload?classifier=${CLASSIFIER}`, form)
  }
}

async function predictedAll(url: string, images: readonly Uint8Array[]): Promise<readonly Prediction[]> {
  const predictions: Prediction[] = []
  for (const bytes of images) predictions.push(await predicted(url, bytes))
  return predictions
}

async function predicted(url: string, bytes: Uint8Array): Promise<Prediction> {
  const response = await fetch(`${url}/api/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(bytes),
  })
  if (!response.ok) throw new Error(`A prediction failed with ${response.status}: ${await response.text()}`)
  return answered.parse(await response.json())
}

function sendUntilStopped(
  url: string,
  senders: number,
): {
  readonly sent: readonly PredictionTiming[]
  readonly failed: () => number
  readonly stop: () => Promise<unknown>
} {
  const sent: PredictionTiming[] = []
  let failures = 0
  let isStopped = false
  const lanes = Array.from({ length: senders }, async (_, lane) => {
    for (let i = 0; !isStopped; i += 1) {
      const bytes = encodePng(drawShape(SHAPES[i % SHAPES.length]!, 1_000_000 * (lane + 1) + i))
      const at = performance.now()
      await predicted(url, bytes).then(
        ({ id }) => sent.push({ id, at, ms: performance.now() - at }),
        () => {
          failures += 1
        },
      )
    }
  })
  return {
    sent,
    failed: () => failures,
    stop: () => {
      isStopped = true
      return Promise.all(lanes)
    },
  }
}

async function samplesAt(url: string): Promise<number> {
  let [count, cursor]: [number, string | null] = [0, '']
  while (cursor !== null) {
    const page = (await answer(
      url,
      'GET',
      `/api/samples?classifier=${CLASSIFIER}&limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )) as { samples: readonly unknown[]; next_cursor: string | null }
    count += page.samples.length
    cursor = page.next_cursor
  }
  return count
}

async function countOf(url: string, ids: readonly string[]): Promise<number> {
  let found = 0
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const answers = await Promise.all(
      ids.slice(from, from + AT_ONCE).map((id) =>
        fetch(`${url}/api/predictions/${id}`).then(async (response) => {
          await response.arrayBuffer()
          return response.ok
        }),
      ),
    )
    found += answers.filter((isThere) => isThere).length
  }
  return found
}

/** Flips one byte each in files spread over the backup; each time the command must fail and name the file. */
async function flipsNamed(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Pick<BackupFigures, 'flipped_bytes' | 'flips_named'>> {
  const files = [...(await readSums(folder)).keys()].filter(
    (file) => statSync(path.join(folder, file)).size > 0,
  )
  const chosen = files.filter((_, i) => i % Math.ceil(files.length / FLIPS) === 0)
  let named = 0
  for (const file of chosen) {
    const bytes = readFileSync(path.join(folder, file))
    const at = Math.floor(Math.random() * bytes.length)
    bytes[at]! ^= 1
    writeFileSync(path.join(folder, file), bytes)
    const { code, output } = await ran('backup', ['--verify', folder], env)
    if (code === 1 && output.includes(file)) named += 1
    bytes[at]! ^= 1
    writeFileSync(path.join(folder, file), bytes)
  }
  return { flipped_bytes: chosen.length, flips_named: named }
}

function p99(sent: readonly PredictionTiming[]): number {
  const times = sent.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return times[Math.floor(times.length * 0.99)] ?? 0
}

const inWords = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : String(value)
