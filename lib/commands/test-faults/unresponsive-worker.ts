/**
 * The worker stands still while its process lives, as if it were busy with something that never ends: health reports
 * it, and the supervisor replaces a worker that stays so.
 */
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { pidsOf } from './process-tree.ts'
import { inMs, tally, within, type CheckResult, type Context } from './fault-scenario.ts'
import { startProduct, type Product } from './product.ts'

const REPORTED_WITHIN_MS = 20_000
const RECOVERED_WITHIN_MS = 10_000
const STARTED_WITHIN_MS = 60_000
const REPLACED_WITHIN_MS = 140_000

export async function unresponsiveWorker({ form, say }: Context): Promise<readonly CheckResult[]> {
  await using product = await startProduct()
  await within(STARTED_WITHIN_MS, () => isRunning(product))
  const [worker] = pidsOf(product.pid, 'worker')
  if (worker === undefined) throw new Error('the worker did not start')
  process.kill(worker, 'SIGSTOP')
  const reported = await within(
    REPORTED_WITHIN_MS,
    async () => (await healthOf(product)).status === 'degraded',
  )
  const { reasons } = await healthOf(product)
  const image = encodePng(drawShape('circle', 1))
  const predictions = await Promise.all(Array.from({ length: 10 }, () => product.predict(image)))
  const whileStopped: CheckResult[] = [
    {
      what: 'the worker stands still',
      expected: 'health is degraded within 20 s and says so',
      measured: reported.held ? `${inMs(reported.ms)}: ${reasons}` : 'not reported',
      holds: reported.held && reasons.includes('The worker does not respond'),
    },
    {
      what: 'predictions meanwhile',
      expected: '10 answers',
      measured: tally(predictions.map(({ status }) => status)),
      holds: predictions.every(({ status }) => status === 200),
    },
  ]
  if (form === 'short') {
    process.kill(worker, 'SIGCONT')
    const recovered = await within(RECOVERED_WITHIN_MS, () => isRunning(product))
    return [
      ...whileStopped,
      {
        what: 'it goes on',
        expected: 'health is healthy, and the process is the same',
        measured: recovered.held ? inMs(recovered.ms) : (await healthOf(product)).reasons,
        holds: recovered.held && pidsOf(product.pid, 'worker').includes(worker),
      },
    ]
  }
  say('waits until the worker is replaced')
  const replaced = await within(REPLACED_WITHIN_MS, async () => {
    const [now = worker] = pidsOf(product.pid, 'worker')
    return now !== worker && (await isRunning(product))
  })
  return [
    ...whileStopped,
    {
      what: 'it does not go on',
      expected: 'another worker within 140 s, and health is healthy',
      measured: replaced.held ? inMs(replaced.ms) : (await healthOf(product)).reasons,
      holds: replaced.held,
    },
  ]
}

async function healthOf(product: Product): Promise<{ readonly status: string; readonly reasons: string }> {
  const { body } = await product.request('/api/health')
  return { status: String(body['status']), reasons: [body['reasons'] ?? []].flat().join(' ') }
}

async function isRunning(product: Product): Promise<boolean> {
  const { body } = await product.request('/api/health')
  return body['status'] === 'healthy' && JSON.stringify(body['worker']).includes('Running')
}
