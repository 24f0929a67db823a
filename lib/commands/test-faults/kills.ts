/**
 * Every kind of process killed at random moments under load, as an out-of-memory killer would: nothing
 * acknowledged is lost, no client is refused after one retry, and a process that was killed repeatedly
 * restarts as fast as the first time.
 */
import path from 'node:path'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { openData } from '#lib/queries/open-data.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { BOMB_SIDE, BOMBS } from './bombs.ts'
import { killNow, pidsOf } from './process-tree.ts'
import { inMs, tally, wait, within, type Context, type CheckResult } from './fault-scenario.ts'
import { startProduct, type Product } from './product.ts'
import { smallImage, startTraffic } from './traffic.ts'

const BACK_WITHIN_MS = 30_000
const LONGEST_PAUSE_MS = 1_500
const UNDER_LOAD = { clients: 8, pauseMs: 0 }
/** The fifth restart is as fast as the first: the difference is noise of a busy machine. */
const NOISE_TIMES = 1.5
const NOISE_MS = 500
const RESTARTS = 5
/** A process that runs only for a while; its image keeps it busy until it is killed. */
const DECODING = 'decoding-process'

export async function kills({ count, form, say }: Context): Promise<readonly CheckResult[]> {
  const times = count({ short: 2, long: 20 })
  await using product = await startProduct({ PREDICT_PROCESSES: '2' })
  const judged: CheckResult[] = []
  for (const kind of ['predict', 'web', 'worker'] as const) {
    say(`killing ${kind}, ${times} times`)
    judged.push(await killedUnderLoad(product, { kind, times }))
  }
  if (form === 'long') {
    say(`killing ${DECODING}, ${times} times`)
    judged.push(await killedUnderLoad(product, { kind: DECODING, times }))
  }
  return judged
}

export async function restarts({ say }: Context): Promise<readonly CheckResult[]> {
  await using product = await startProduct({ PREDICT_PROCESSES: '1' })
  const judged: CheckResult[] = []
  for (const kind of ['predict', 'web', 'worker'] as const) {
    say(`restarting ${kind} ${RESTARTS} times in a row`)
    judged.push(await restartedInARow(product, kind))
  }
  return judged
}

type LongLived = 'predict' | 'web' | 'worker'
type Kind = LongLived | typeof DECODING

async function killedUnderLoad(
  product: Product,
  { kind, times }: { readonly kind: Kind; readonly times: number },
): Promise<CheckResult> {
  const traffic = startTraffic(product, UNDER_LOAD)
  const bombs: Promise<unknown>[] = []
  let killed = 0
  let away = 0
  for (let i = 0; i < times; i++) {
    await wait(Math.random() * LONGEST_PAUSE_MS)
    if (kind === DECODING)
      bombs.push(product.predict(BOMBS.jpeg.make(BOMB_SIDE - 8 * i), { type: 'image/jpeg' }))
    const restarted = await within(
      kind === DECODING ? 3_000 : BACK_WITHIN_MS,
      () => pidsOf(product.pid, kind).length > 0,
    )
    const victims = pidsOf(product.pid, kind)
    const victim = victims[Math.floor(Math.random() * victims.length)]
    if (!restarted.held || victim === undefined) {
      away += 1
      continue
    }
    killed += killNow(victim)
    if (kind === DECODING) continue
    const back = await within(BACK_WITHIN_MS, () =>
      pidsOf(product.pid, kind).some((pid) => !victims.includes(pid)),
    )
    const serves = await within(
      BACK_WITHIN_MS,
      async () => (await product.predict(smallImage(i), { timeoutMs: BACK_WITHIN_MS })).status === 200,
    )
    if (!back.held || !serves.held) away += 1
    // A client that retries once survives one death, not a second one before it is answered.
    await within(BACK_WITHIN_MS, () => traffic.retrying() === 0)
  }
  const figures = await traffic.end()
  await Promise.all(bombs)
  const missing = await missingRows(product, figures.ids)
  return {
    what: `kill −9 of ${kind} at random moments under load`,
    expected: `${times} kills; each acknowledged prediction has its row; none fails after one retry`,
    measured:
      `${killed} kills${away > 0 ? `, ${away} times there was none` : ''}; ` +
      `${figures.ids.length.toLocaleString('en')} acknowledged, ${missing} without a row; ` +
      `${figures.retried} retried, ${figures.failures.length} failed` +
      (figures.failures.length > 0 ? ` (${tally(figures.failures)})` : ''),
    holds: killed === times && missing === 0 && figures.failures.length === 0 && figures.ids.length > 0,
  }
}

async function restartedInARow(product: Product, kind: LongLived): Promise<CheckResult> {
  const times: number[] = []
  for (let i = 0; i < RESTARTS; i++) {
    const before = pidsOf(product.pid, kind)
    const began = performance.now()
    for (const pid of before) killNow(pid)
    await within(BACK_WITHIN_MS, async () => {
      if (!pidsOf(product.pid, kind).some((pid) => !before.includes(pid))) return false
      if (kind === 'worker') return true
      const answer =
        kind === 'predict'
          ? product.predict(smallImage(i), { timeoutMs: BACK_WITHIN_MS })
          : product.request('/api/health/ready', { timeoutMs: BACK_WITHIN_MS })
      return (await answer).status === 200
    })
    times.push(performance.now() - began)
  }
  const [first = 0] = times
  const last = times.at(-1) ?? 0
  const most = first * NOISE_TIMES + NOISE_MS
  return {
    what: `${kind} killed ${RESTARTS} times, each time as soon as it had restarted`,
    expected: `the fifth restart takes no longer than the first (at most ${inMs(most)})`,
    measured: times.map(inMs).join(', '),
    holds: last <= most,
  }
}

/** Read from the rows themselves, independently of the product. */
export async function missingRows(
  { dataDir }: Pick<Product, 'dataDir'>,
  ids: readonly string[],
  more: Partial<DataSettings> = {},
): Promise<number> {
  const databaseFile = path.join(dataDir, 'darkroom.db')
  const data = await openData({
    ...more,
    databaseFile,
    dataDir,
    modelsDir: path.join(ROOT, 'models'),
    clock: { now: () => Date.now() },
  })
  try {
    let missing = 0
    for (const id of ids)
      missing += await data.queries.getPrediction({ id }).then(
        () => 0,
        () => 1,
      )
    return missing
  } finally {
    await data.close()
  }
}
