/**
 * The live version's files damaged on disk, one byte flipped or a file deleted, and all processes
 * restarted: the previous version takes over, health names the reason, and a broken version cannot be
 * promoted.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openData } from '#lib/queries/open-data.ts'
import { readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { pidsOf } from './process-tree.ts'
import { inMs, tally, within, type Context, type CheckResult } from './fault-scenario.ts'
import { startProduct, type ProductAnswer, type Product } from './product.ts'
import { smallImage } from './traffic.ts'

const BACK_WITHIN_MS = 30_000
/** Files are checked every two seconds, and a version is tried again after ten. */
const RESTORED_WITHIN_MS = 60_000
const SHIPPED = path.join(ROOT, 'models', 'shapes', 'v1')

type Damage = { readonly name: string; readonly apply: (folder: string) => void }

const flipped = (file: string): Damage => ({
  name: `one byte of ${file} flipped`,
  apply: (folder) => flipByte(path.join(folder, file)),
})
const truncated = (file: string): Damage => ({
  name: `${file} truncated`,
  apply: (folder) => truncateSync(path.join(folder, file), 1_000),
})
const instead = (file: string, name: string, put: (file: string) => void): Damage => ({
  name: `${file} replaced by ${name}`,
  apply(folder) {
    rmSync(path.join(folder, file))
    put(path.join(folder, file))
  },
})
const DAMAGES: readonly Damage[] = [
  flipped('model.onnx'),
  flipped('weights.bin'),
  flipped('card.json'),
  { name: 'manifest.json deleted', apply: (folder) => rmSync(path.join(folder, 'manifest.json')) },
  { name: 'its folder deleted', apply: (folder) => rmSync(folder, { recursive: true }) },
  truncated('model.onnx'),
  truncated('manifest.json'),
  instead('weights.bin', 'a link to /dev/zero', (file) => symlinkSync('/dev/zero', file)),
  instead('manifest.json', 'a pipe without a writer', (file) => execFileSync('mkfifo', [file])),
  {
    name: 'its folder replaced by a file',
    apply: (folder) => {
      rmSync(folder, { recursive: true })
      writeFileSync(folder, 'a file')
    },
  },
]

export async function brokenVersion({ form, say }: Context): Promise<readonly CheckResult[]> {
  await using product = await startProduct({ PREDICT_PROCESSES: '1' })
  const { live, folder, other } = await withVersions(product)
  await within(
    BACK_WITHIN_MS,
    async () => (await product.predict(smallImage(1))).body['model_version'] === live,
  )
  const whole = `${folder}.whole`
  cpSync(folder, whole, { recursive: true })
  const judged: CheckResult[] = []
  for (const { name, apply } of form === 'long' ? DAMAGES : DAMAGES.slice(0, 1)) {
    say(name)
    apply(folder)
    judged.push(await takenOver(product, { name, live }))
    rmSync(folder, { recursive: true, force: true })
    cpSync(whole, folder, { recursive: true })
    killAll(product)
    const isLive = async () => (await product.predict(smallImage(2))).body['model_version'] === live
    const restored = await within(RESTORED_WITHIN_MS, isLive)
    judged.push({
      what: `files restored after: ${name}`,
      expected: `the promoted version is live again within ${RESTORED_WITHIN_MS / 1000} s`,
      measured: restored.held ? `after ${inMs(restored.ms)}` : 'not live again',
      holds: restored.held,
    })
  }
  flipByte(path.join(other.folder, 'model.onnx'))
  const promoted = await product.request(`/api/models/${other.id}/promote`, {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ reason: 'a fault test' }),
  })
  const after = await product.predict(smallImage(3))
  judged.push({
    what: 'promoting a version with one byte flipped',
    expected: '422 bad_bundle; an intact version continues serving',
    measured:
      `${promoted.status} ${String(promoted.body['code'] ?? '')}; then ${after.status} by ` +
      `${String(after.body['model_version'])}`,
    holds:
      promoted.status === 422 &&
      promoted.body['code'] === 'bad_bundle' &&
      after.status === 200 &&
      after.body['model_version'] !== other.name,
  })
  return judged
}

async function takenOver(
  product: Product,
  { name, live }: { readonly name: string; readonly live: string },
): Promise<CheckResult> {
  killAll(product)
  const answered: ProductAnswer[] = []
  const back = await within(BACK_WITHIN_MS, async () => {
    const answer = await product.predict(smallImage(answered.length))
    answered.push(answer)
    return answer.status === 200
  })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, seed) => product.predict(smallImage(seed))),
  )
  const versions = tally(
    answers.map(({ status, body }) => (status === 200 ? String(body['model_version']) : status)),
  )
  const { body: health } = await product.request('/api/health')
  const isReported = JSON.stringify(health).includes(live) && health['status'] === 'degraded'
  const reason = typeof health['reasons'] === 'object' ? JSON.stringify(health['reasons']) : ''
  const refusals = tally(answered.map(({ status, body }) => `${status} ${String(body['code'])}`))
  return {
    what: `live version damaged (${name}), web and inference restarted`,
    expected: 'predictions by the previous version; health is degraded and names the version',
    measured: (
      `${back.held ? versions : `no prediction: ${refusals}`}; ` +
      `health ${String(health['status'])} ${reason}`
    ).trim(),
    holds:
      back.held &&
      answers.every(({ status, body }) => status === 200 && body['model_version'] === 'v1') &&
      isReported,
  }
}

type Versions = {
  readonly live: string
  readonly folder: string
  readonly other: { readonly id: string; readonly name: string; readonly folder: string }
}

/** Two versions with the shipped one's weights; the first becomes live, so that v1 is the previous one. */
async function withVersions({ dataDir }: Product): Promise<Versions> {
  const databaseFile = path.join(dataDir, 'darkroom.db')
  const data = await openData({
    databaseFile,
    dataDir,
    modelsDir: path.join(ROOT, 'models'),
    clock: { now: () => Date.now() },
  })
  try {
    const bundle = await readBundle(SHIPPED)
    const versions = []
    for (const _ of [1, 2]) {
      const number = await data.versions.nextNumber('shapes')
      const folder = data.versions.folderFor('shapes', number)
      await writeBundle(folder, { ...bundle, card: { ...bundle.card, version: `v${number}` } })
      const { id, name } = await data.versions.register({ classifierId: 'shapes', number, runId: null })
      versions.push({ id, name, folder })
    }
    const [live, other] = versions
    await data.promotions.promote({ versionId: live!.id, by: 'npm run test:faults', reason: null })
    return { live: live!.name, folder: live!.folder, other: other! }
  } finally {
    await data.close()
  }
}

function killAll({ pid }: Product): void {
  for (const one of pidsOf(pid, 'predict')) process.kill(one, 'SIGKILL')
}

/** In the middle of the file, outside any header. */
function flipByte(file: string): void {
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 0x40
  writeFileSync(file, bytes)
}
