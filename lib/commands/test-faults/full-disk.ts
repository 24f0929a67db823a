/**
 * The disk that holds DATA_DIR is full, while clients predict and a training run writes: anonymous clients
 * get predictions without history, others get an error, nothing acknowledged is lost, and everything
 * continues as soon as there is space.
 */
import path from 'node:path'
import { mkdirSync, readFileSync } from 'node:fs'
import { missingRows } from './kills.ts'
import { tally, within, type Context, type CheckResult } from './fault-scenario.ts'
import { startProduct, type ProductAnswer, type Product, type ProductClient } from './product.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'
import { smallImage } from './traffic.ts'

const DISK_MB = 64
/** Free space within the pages that the database already has takes some more rows. */
const MOST_UNTIL_REFUSED = 4_000
const RECOVERED_WITHIN_MS = 10_000
const NOTICED_WITHIN_MS = 15_000
const LONGEST_TRAINING_MS = 180_000
const EPOCHS = 40

export async function fullDisk({ say }: Context): Promise<readonly CheckResult[]> {
  using disk = mountSmallDisk(DISK_MB)!
  await using product = await productOn(disk)
  const acknowledged: string[] = []
  const predict = async (seed: number, isAnonymous: boolean): Promise<ProductAnswer> => {
    const answer = await product.predict(smallImage(seed), { isAnonymous })
    if (answer.status === 200 && typeof answer.body['id'] === 'string') acknowledged.push(answer.body['id'])
    return answer
  }
  for (let seed = 0; seed < 20; seed++) await predict(seed, seed % 2 === 0)
  say('filling the disk')
  disk.fill()
  let refused = await predict(1_000, false)
  for (let seed = 1_001; refused.status === 200 && seed < 1_000 + MOST_UNTIL_REFUSED; seed++)
    refused = await predict(seed, false)
  const anonymous = await Promise.all(Array.from({ length: 10 }, (_, seed) => predict(10_000 + seed, true)))
  const unsaved = anonymous.filter(({ status, body }) => status === 200 && body['id'] === null).length
  const form = new FormData()
  form.append('label', 'star')
  for (let i = 0; i < 20; i++)
    form.append('files', new Blob([new Uint8Array(smallImage(20_000 + i))]), `${i}.png`)
  const upload = await product.request('/api/upload?classifier=shapes', { method: 'POST', body: form })
  const noticed = await within(
    NOTICED_WITHIN_MS,
    async () =>
      /disk/i.test(JSON.stringify(await healthOf(product))) &&
      (await healthOf(product))['status'] !== 'healthy',
  )
  const health = await healthOf(product)
  say('freeing space')
  disk.freeSpace()
  const recovered = await within(
    RECOVERED_WITHIN_MS,
    async () => typeof (await predict(30_000, false)).body['id'] === 'string',
  )
  const healthy = await within(
    NOTICED_WITHIN_MS,
    async () => (await healthOf(product))['status'] === 'healthy',
  )
  const missing = await missingRows(product, acknowledged)
  return [
    {
      what: 'disk full: predictions of users and keys',
      expected: '507 disk_full with a remedy',
      measured: `${refused.status} ${String(refused.body['detail'] ?? '')}`,
      holds: refused.status === 507 && /make room|free|delete/i.test(String(refused.body['detail'])),
    },
    {
      what: 'disk full: anonymous predictions',
      expected: '10 predictions without history (id null)',
      measured: `${tally(anonymous.map(({ status, failure }) => failure ?? status))}; ${unsaved} without history`,
      holds: unsaved === anonymous.length,
    },
    {
      what: 'disk full: an upload',
      expected: '507',
      measured: String(upload.failure ?? upload.status),
      holds: upload.status === 507,
    },
    {
      what: 'disk full: /api/health',
      expected: 'degraded, with the disk as the reason, within 15 s',
      measured: `${String(health['status'])}${noticed.held ? ', names the disk' : ', does not name the disk'}`,
      holds: noticed.held,
    },
    {
      what: 'space is freed',
      expected: 'saved predictions within 10 s, healthy within 15 s, no acknowledged row lost',
      measured:
        `${recovered.held ? `saved after ${Math.round(recovered.ms)} ms` : 'not saved'}; ` +
        `${healthy.held ? 'healthy' : 'not healthy'}; ${missing} of ${acknowledged.length} rows missing`,
      holds: recovered.held && healthy.held && missing === 0,
    },
  ]
}

export async function fullDiskDuringTraining({ say }: Context): Promise<readonly CheckResult[]> {
  using disk = mountSmallDisk(DISK_MB)!
  await using product = await productOn(disk)
  await upload(product, 40)
  const started = await product.request('/api/retrain', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ classifier: 'shapes', recipe: 'finetune', epochs: EPOCHS, force: true }),
  })
  const { id } = started.body['run'] as { id: string } // the response to a retrain; a refusal fails the scenario
  say('training until its first checkpoint')
  await within(LONGEST_TRAINING_MS, async () => Number((await runOf(product, id))['epoch']) >= 2)
  say('filling the disk')
  disk.fill()
  const ended = await within(LONGEST_TRAINING_MS, async () => {
    disk.fill() // the space that a failed write returns
    return (await runOf(product, id))['state'] === 'failed'
  })
  if (!ended.held) say('the run has not ended')
  disk.freeSpace()
  const failed = await within(
    LONGEST_TRAINING_MS,
    async () => (await runOf(product, id))['state'] === 'failed',
  )
  const run = await runOf(product, id)
  const log = readFileSync(path.join(product.dataDir, 'logs', 'darkroom.log'), 'utf8')
  const resumed = await product.request(`/api/runs/${id}/resume`, { method: 'POST' })
  say('resuming it')
  const done = await within(LONGEST_TRAINING_MS, async () =>
    ['done', 'failed'].includes(String((await runOf(product, id))['state'])),
  )
  const after = await runOf(product, id)
  return [
    {
      what: 'disk full during a training run',
      expected: 'the run fails with the disk as the reason, the log has the cause, the run can be resumed',
      measured:
        `${String(run['state'])}: ${String(run['error'])}; ` +
        `${/ENOSPC|disk is full/.test(log) ? 'cause in the log' : 'no cause in the log'}; can_resume ` +
        `${String(run['can_resume'])}`,
      holds:
        failed.held &&
        /disk.*full/i.test(String(run['error'])) &&
        run['can_resume'] === true &&
        /ENOSPC|disk is full/.test(log),
    },
    {
      what: 'space is freed and the run is resumed',
      expected: 'resume 200, then done, on the same worker',
      measured:
        `resume ${resumed.status}; ${String(after['state'])}` +
        (after['error'] ? `: ${String(after['error'])}` : ''),
      holds: resumed.status < 300 && done.held && after['state'] === 'done',
    },
  ]
}

function productOn({ folder }: SmallDisk): Promise<Product> {
  const dataDir = path.join(folder, 'data')
  mkdirSync(dataDir)
  return startProduct({}, { dataDir })
}

/** The same number of drawn images for each class. */
export async function upload(product: Product, each: number): Promise<void> {
  const { body } = await product.request('/api/classes?classifier=shapes')
  for (const [index, name] of (body['classes'] as readonly string[]).entries()) {
    const form = new FormData()
    form.append('label', name)
    for (let i = 0; i < each; i++)
      form.append('files', new Blob([new Uint8Array(smallImage(50_000 + index * each + i))]), `${i}.png`)
    const { status, body: response } = await product.request('/api/upload?classifier=shapes', {
      method: 'POST',
      body: form,
    })
    if (status >= 300)
      throw new Error(`The images of ${name} were not accepted: ${status} ${JSON.stringify(response)}`)
  }
}

export const runOf = async (
  product: Pick<ProductClient, 'request'>,
  id: string,
): Promise<ProductAnswer['body']> => (await product.request(`/api/runs/${id}`)).body

const healthOf = async (product: Product): Promise<ProductAnswer['body']> =>
  (await product.request('/api/health')).body
