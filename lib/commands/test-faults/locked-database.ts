/**
 * Another process holds the write lock of the database: the web process continues to respond, reads
 * continue, everything that writes waits or is refused with a time to retry, and no response is a 500.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { pidsOf } from './process-tree.ts'
import { missingRows } from './kills.ts'
import { inMs, tally, wait, within, type Context, type CheckResult } from './fault-scenario.ts'
import { startProduct, type ProductAnswer, type Product } from './product.ts'
import { smallImage } from './traffic.ts'

const REQUEST_EVERY_MS = 200
/** Health and pages must not wait for the lock at all; this is the margin for a busy machine. */
const LONGEST_READ_MS = 1_000
/** How long a write may wait before it is refused, including the time of the response. */
const LONGEST_WRITE_MS = 10_000
const RECOVERED_WITHIN_MS = 2_000

/** Any program with SQLite would do; Node is already installed. */
const HOLDER = `
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(process.argv[1], { timeout: 60000 })
database.exec('BEGIN IMMEDIATE')
process.stdout.write('held')
setTimeout(() => { database.exec('ROLLBACK'); process.exit() }, Number(process.argv[2]))`

export async function lockedDatabase({ count, say }: Context): Promise<readonly CheckResult[]> {
  const lockMs = count({ short: 5_000, long: 20_000 })
  await using product = await startProduct()
  for (let seed = 0; seed < 20; seed++) await product.predict(smallImage(seed))
  const processesBefore = answeringPids(product)
  say(`locking the database for ${lockMs / 1000} s`)
  const { released } = await holdLock(product, lockMs)
  const reads: ProductAnswer[] = []
  const writes: ProductAnswer[] = []
  const isOver = { now: false }
  void released.then(() => {
    isOver.now = true
  })
  const changes = sendChanges(product)
  const pending: Promise<unknown>[] = []
  for (let turn = 0; !isOver.now; turn++) {
    for (const place of ['/api/health/live', '/api/predictions?limit=5', '/login'])
      pending.push(product.request(place).then((answer) => reads.push(answer)))
    pending.push(product.predict(smallImage(turn)).then((answer) => writes.push(answer)))
    await wait(REQUEST_EVERY_MS)
  }
  const recovered = await within(
    RECOVERED_WITHIN_MS,
    async () => (await product.predict(smallImage(1))).status === 200,
  )
  await Promise.all(pending)
  const changed = await changes
  const acknowledged = writes.flatMap(({ status, body }) =>
    status === 200 && typeof body['id'] === 'string' ? [body['id']] : [],
  )
  const missing = await missingRows(product, acknowledged)
  const longestRead = Math.max(0, ...reads.map(({ ms }) => ms))
  const longestWrite = Math.max(0, ...writes.map(({ ms }) => ms))
  const refusedWithoutTime = writes.filter(
    ({ status, retryAfter }) => status === 503 && retryAfter === null,
  ).length
  const held = `while another process locks the database for ${lockMs / 1000} s`
  return [
    {
      what: `health, history and the login page ${held}`,
      expected: `all 200, each within ${inMs(LONGEST_READ_MS)}`,
      measured: `${tally(reads.map(({ status, failure }) => failure ?? status))}; longest ${inMs(longestRead)}`,
      holds:
        reads.length > 0 && reads.every(({ status }) => status === 200) && longestRead <= LONGEST_READ_MS,
    },
    {
      what: `predictions ${held}`,
      expected:
        `200, or 503 with Retry-After, within ${LONGEST_WRITE_MS / 1000} s; no 500; each acknowledged ` +
        'one has its row',
      measured:
        `${tally(writes.map(({ status, failure }) => failure ?? status))}; longest ${inMs(longestWrite)}; ` +
        `${refusedWithoutTime} without Retry-After; ${missing} of ${acknowledged.length} without a row`,
      holds:
        writes.length > 0 &&
        writes.every(({ status }) => status === 200 || status === 503) &&
        refusedWithoutTime === 0 &&
        missing === 0 &&
        longestWrite <= LONGEST_WRITE_MS,
    },
    {
      what: `uploads, classes, keys, users, snapshots, links and trainings ${held}`,
      expected: `503 with Retry-After within ${LONGEST_WRITE_MS / 1000} s, or success after the lock; no 500`,
      measured: `${tally(changed.map(({ status, failure }) => failure ?? status))}; longest ${inMs(
        Math.max(0, ...changed.map(({ ms }) => ms)),
      )}`,
      holds: changed.every(
        ({ status, retryAfter, ms }) =>
          ms <= LONGEST_WRITE_MS && (status === 503 ? retryAfter !== null : status >= 200 && status < 300),
      ),
    },
    {
      what: 'after the lock is released',
      expected: `a prediction within ${RECOVERED_WITHIN_MS / 1000} s; the processes that answer are the same`,
      measured:
        `${recovered.held ? `after ${inMs(recovered.ms)}` : 'none'}; processes ` +
        `${answeringPids(product) === processesBefore ? 'the same' : 'others'}`,
      holds: recovered.held && answeringPids(product) === processesBefore,
    },
  ]
}

/** One request of each kind that changes something, all at once; each would succeed without the lock. */
function sendChanges(product: Product): Promise<readonly ProductAnswer[]> {
  const upload = new FormData()
  upload.set('classifier', 'shapes')
  upload.set('label', 'star')
  upload.append('files', new Blob([new Uint8Array(smallImage(1_000))]), 'star.png')
  const bodies: Readonly<Record<string, unknown>> = {
    '/api/classifiers': { id: 'locked', classes: ['a', 'b'] },
    '/api/classifiers/shapes/classes': { class: 'locked' },
    '/api/keys': { name: 'locked', scopes: ['predict'] },
    '/api/phone-links': { classifier: 'shapes', label: 'star' },
    '/api/retrain': { classifier: 'shapes', force: true },
    '/api/snapshots': { classifier: 'shapes' },
    '/api/users': {
      email: 'locked@example.org',
      name: 'Locked',
      role: 'viewer',
      password: 'a long password',
    },
  }
  return Promise.all([
    product.request('/api/upload', { method: 'POST', body: upload }),
    ...Object.entries(bodies).map(([route, body]) =>
      product.request(route, { method: 'POST', type: 'application/json', body: JSON.stringify(body) }),
    ),
  ])
}

const answeringPids = ({ pid }: Product): string => [...pidsOf(pid, 'predict'), ...pidsOf(pid, 'web')].join()

/** Resolves when the lock is held. */
async function holdLock({ dataDir }: Product, ms: number): Promise<{ readonly released: Promise<unknown> }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '-e', HOLDER, path.join(dataDir, 'darkroom.db'), String(ms)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const released = once(child, 'exit')
  await once(child.stdout, 'data')
  return { released }
}
