/**
 * kill −9 of any process during long work: uploads, batches, prediction jobs, backups. Each is sent again once, as a
 * client would; then everything acknowledged is there exactly once, and nothing is half stored.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { writeZip } from '#lib/archive/write-zip.ts'
import { tally, wait, within, type CheckResult, type Context } from './fault-scenario.ts'
import { missingRows } from './kills.ts'
import { familyOf, killNow } from './process-tree.ts'
import { startProduct, type Product, type ProductAnswer } from './product.ts'
import { noisyImage, smallImage } from './traffic.ts'

const IMAGES = 60
/** Larger than the limit for a database row (32 kB): it becomes a file. */
const FILE_SIDE = 120
const LONGEST_PAUSE_MS = 1_500
const LONGEST_WORK_MS = 120_000
/** The worker removes what killed processes have left every 30 s. */
const SWEPT_WITHIN_MS = 90_000
const PARTIAL = /\.part$|\.making|\.partial/

export async function killsAtWork({ count, say }: Context): Promise<readonly CheckResult[]> {
  const times = count({ short: 1, long: 8 })
  await using product = await startProduct({ PREDICT_PROCESSES: '2' })
  const judged: CheckResult[] = []
  for (const check of [uploads, batches, predictionJobs, backups]) {
    say(`killing during ${check.name}, ${times} times`)
    judged.push(await check(product, times))
  }
  judged.push(await leftovers(product))
  return judged
}

type Kinds = readonly string[]
type Outcome = { readonly answers: readonly ProductAnswer[]; readonly killed: readonly string[] }

/** Sends each work while a process of these kinds is killed, and once more if it was not accepted. */
async function sentDuringKills(
  product: Product,
  { times, kinds, send }: { times: number; kinds: Kinds; send: (round: number) => Promise<ProductAnswer> },
): Promise<Outcome> {
  const answers: ProductAnswer[] = []
  const killed: string[] = []
  for (let round = 0; round < times; round++) {
    const sending = send(round)
    await wait(Math.random() * LONGEST_PAUSE_MS)
    const running = familyOf(product.pid).filter(({ name }) => kinds.includes(name))
    const ofTurn = running.filter(({ name }) => name === kinds[round % kinds.length])
    const victims = ofTurn.length > 0 ? ofTurn : running
    const victim = victims[Math.floor(Math.random() * victims.length)]
    if (victim && killNow(victim.pid) === 1) killed.push(victim.name)
    let answer = await sending
    if (answer.status === 0 || answer.status === 503) {
      await within(LONGEST_WORK_MS, async () => (await product.request('/api/health/ready')).status === 200)
      answer = await send(round)
    }
    answers.push(answer)
    await within(LONGEST_WORK_MS, async () => (await product.request('/api/health/ready')).status === 200)
  }
  return { answers, killed }
}

const outcomes = ({ answers }: Outcome): string =>
  tally(
    answers.map(
      ({ status, failure, body }) => failure ?? (status < 300 ? status : `${status} ${String(body['code'])}`),
    ),
  )
const areAccepted = ({ answers }: Outcome): boolean =>
  answers.every(({ status }) => status >= 200 && status < 300)
const expectedKills = (times: number): string =>
  `${times} kills; each accepted at the latest when it is sent again`

async function uploads(product: Product, times: number): Promise<CheckResult> {
  const before = await sampleCount(product)
  const sent = await sentDuringKills(product, {
    times,
    kinds: ['web', 'predict', 'worker'],
    send: (round) =>
      product.request('/api/upload?classifier=shapes', { method: 'POST', body: uploadOf(round) }),
  })
  // Uploads of killed processes are rolled back by then.
  await wait(SWEPT_WITHIN_MS)
  const stored = (await sampleCount(product)) - before
  return {
    what: 'kill −9 during uploads',
    expected: `${expectedKills(times)}; ${times * IMAGES} images are stored`,
    measured: `killed ${tally(sent.killed)}; ${outcomes(sent)}; ${stored} images stored`,
    holds: areAccepted(sent) && stored === times * IMAGES,
  }
}

const sampleCount = async (product: Product): Promise<number> =>
  Number((await product.request('/api/samples?classifier=shapes&limit=1')).body['total'])

function uploadOf(round: number): FormData {
  const form = new FormData()
  form.append('label', 'star')
  for (let i = 0; i < IMAGES; i++)
    form.append(
      'files',
      new Blob([new Uint8Array(noisyImage(FILE_SIDE, 10_000 + round * IMAGES + i).png)]),
      `${i}.png`,
    )
  return form
}

async function batches(product: Product, times: number): Promise<CheckResult> {
  const sent = await sentDuringKills(product, {
    times,
    kinds: ['web', 'predict', 'worker'],
    send: (round) =>
      product.request('/api/predict/batch?classifier=shapes', { method: 'POST', body: imagesOf(round) }),
  })
  const ids = sent.answers.flatMap(({ body }) =>
    ((body['predictions'] ?? []) as readonly { readonly id?: string }[]).map(({ id }) => id ?? ''),
  )
  const missing = await missingRows(product, ids)
  return {
    what: 'kill −9 during batches',
    expected: `${expectedKills(times)}; each of ${times * IMAGES} predictions has its row`,
    measured: `killed ${tally(sent.killed)}; ${outcomes(sent)}; ${ids.length} acknowledged, ${missing} without a row`,
    holds: areAccepted(sent) && ids.length === times * IMAGES && missing === 0,
  }
}

function imagesOf(round: number): FormData {
  const form = new FormData()
  for (let i = 0; i < IMAGES; i++)
    form.append('files', new Blob([new Uint8Array(smallImage(90_000 + round * IMAGES + i))]), `${i}.png`)
  return form
}

async function predictionJobs(product: Product, times: number): Promise<CheckResult> {
  const zip = await buffer(
    writeZip(
      Array.from({ length: IMAGES * 5 }, (_, i) => ({
        path: `${i}.png`,
        content: noisyImage(FILE_SIDE, i).png,
      })),
    ),
  )
  const sent = await sentDuringKills(product, {
    times,
    kinds: ['predict', 'web', 'worker', 'inference'],
    send() {
      const form = new FormData()
      form.append('files', new Blob([new Uint8Array(zip)]), 'images.zip')
      return product.request('/api/predict/jobs?classifier=shapes', { method: 'POST', body: form })
    },
  })
  const jobs = sent.answers.filter(({ status }) => status === 202).map(({ body }) => String(body['id']))
  const ended: string[] = []
  for (const id of jobs) {
    let last: ProductAnswer['body'] = {}
    await within(LONGEST_WORK_MS, async () => {
      last = (await product.request(`/api/predict/jobs/${id}`)).body
      return ['done', 'failed', 'cancelled'].includes(String(last['state']))
    })
    ended.push(
      `${String(last['state'])} with ${String(last['done'])} results, ${String(last['failed'])} failed`,
    )
  }
  const wanted = `done with ${IMAGES * 5} results, 0 failed`
  return {
    what: 'kill −9 during prediction jobs',
    expected: `${expectedKills(times)}; each is ${wanted}`,
    measured: `killed ${tally(sent.killed)}; ${outcomes(sent)}; ${tally(ended)}`,
    holds: areAccepted(sent) && ended.length === times && ended.every((one) => one === wanted),
  }
}

async function backups(product: Product, times: number): Promise<CheckResult> {
  const state = async () =>
    (await product.request('/api/backups')).body as {
      readonly backups?: readonly { readonly name: string }[]
      readonly running?: unknown
      readonly folder?: string
    }
  const isIdle = () => within(LONGEST_WORK_MS, async () => (await state()).running === null)
  const sent = await sentDuringKills(product, {
    times,
    kinds: ['web', 'worker', 'backup-process'],
    async send() {
      const answer = await product.request('/api/backups', {
        method: 'POST',
        type: 'application/json',
        body: '{}',
      })
      if (answer.status === 202) await isIdle()
      return answer
    },
  })
  await isIdle()
  const last = await product.request('/api/backups', { method: 'POST', type: 'application/json', body: '{}' })
  await isIdle()
  const { backups: listed = [], folder = '' } = await state()
  const folders = readdirSync(folder).filter((name) => /^\d/.test(name))
  return {
    what: 'kill −9 during backups',
    expected: 'each request is accepted; the next backup is complete; no folder of an incomplete one remains',
    measured:
      `killed ${tally(sent.killed)}; ${outcomes(sent)}; then ${last.status}; ${listed.length} complete, ` +
      `${folders.length} folders`,
    holds:
      sent.answers.every(({ status }) => status === 202 || status === 409) &&
      listed.length > 0 &&
      folders.length === listed.length,
  }
}

async function leftovers({ dataDir }: Product): Promise<CheckResult> {
  const partial = () =>
    readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter(
      (name) => PARTIAL.test(name) || path.dirname(name) === 'scratch',
    )
  await within(SWEPT_WITHIN_MS, () => partial().length === 0)
  return {
    what: 'files of work that was killed',
    expected: `none remains after ${SWEPT_WITHIN_MS / 1_000} s`,
    measured: tally(partial().slice(0, 5)),
    holds: partial().length === 0,
  }
}
