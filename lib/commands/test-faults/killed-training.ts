/**
 * Training processes and the worker killed during a run: the run ends as if nothing had happened, and no
 * partial file remains.
 */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { killNow, pidsOf } from './process-tree.ts'
import { runOf, upload } from './full-disk.ts'
import { tally, wait, within, type Context, type CheckResult } from './fault-scenario.ts'
import { startProduct, type Product, type ProductAnswer } from './product.ts'

const LONGEST_RUN_MS = 300_000
/** Percent of a run: while the process starts, the images are read, it trains, evaluates and saves. */
const MOMENTS = [0, 5, 10, 30, 50, 70, 90, 95, 98]
/** After the moment is reported: a start of a process and an epoch take about as long. */
const LONGEST_PAUSE_MS = 1_000
const BACK_WITHIN_MS = 60_000
const EPOCHS = 4
const IMAGES_OF_A_CLASS = 12
/**
 * A run is abandoned after three deaths of its process in one attempt, so the kills are distributed among
 * runs.
 */
const KILLS_OF_A_RUN = 2
/** The worker looks for partial files every 30 s. */
const SWEPT_WITHIN_MS = 45_000

export async function killedTrainings({ count, say }: Context): Promise<readonly CheckResult[]> {
  const kills = count({ short: 2, long: 20 })
  await using product = await startProduct()
  await upload(product, IMAGES_OF_A_CLASS)
  const ended: string[] = []
  const killedAt: number[] = []
  let killed = 0
  while (killed < kills && ended.length < kills) {
    const started = await product.request('/api/retrain', {
      method: 'POST',
      type: 'application/json',
      body: JSON.stringify({ classifier: 'shapes', recipe: 'finetune', epochs: EPOCHS, force: true }),
    })
    if (started.status !== 202 && started.status !== 200)
      throw new Error(`A run could not be started: ${started.status} ${String(started.body['detail'])}`)
    const { id } = started.body['run'] as { id: string } // the response to a retrain
    for (let i = 0; i < KILLS_OF_A_RUN && killed < kills; i++) {
      const restarted = await within(BACK_WITHIN_MS, () => pidsOf(product.pid, 'training').length > 0)
      if (!restarted.held) break
      const moment = MOMENTS[Math.floor(Math.random() * MOMENTS.length)]!
      await within(LONGEST_RUN_MS, async () => hasReached(moment, await runOf(product, id)))
      await wait(Math.random() * LONGEST_PAUSE_MS)
      const { progress } = await runOf(product, id)
      for (const pid of pidsOf(product.pid, 'training')) {
        if (killNow(pid) === 0) continue
        killed += 1
        killedAt.push(Math.round(Number(progress)))
      }
      await wait(200)
    }
    say(`${killed} of ${kills} kills, at ${killedAt.slice(-KILLS_OF_A_RUN).join(' and ')} % of the run`)
    await within(LONGEST_RUN_MS, async () => hasEnded(await runOf(product, id)))
    const run = await runOf(product, id)
    if (run['state'] === 'running' || run['state'] === 'queued')
      say(`after ${LONGEST_RUN_MS / 1000} s: ${String(run['state'])}, epoch ${String(run['epoch'])}`)
    ended.push(run['state'] === 'done' ? 'done' : `${String(run['state'])}: ${String(run['error'])}`)
  }
  const swept = await within(SWEPT_WITHIN_MS, () => halfMade(product).length === 0)
  const left = halfMade(product)
  return [
    {
      what: 'kill −9 of training processes at random moments',
      expected: `${kills} kills; each run completes`,
      measured:
        `${killed} kills at ${killedAt.toSorted((a, b) => a - b).join(', ')} % of a run; ` +
        `${ended.length} runs: ${tally(ended)}`,
      holds: killed >= kills && ended.every((state) => state === 'done'),
    },
    {
      what: 'partial files of killed training processes',
      expected: 'no .making-* within 45 s, while Darkroom runs',
      measured: left.length === 0 ? `none after ${Math.round(swept.ms)} ms` : left.join(', '),
      holds: left.length === 0,
    },
  ]
}

type RunAnswer = ProductAnswer['body']

const hasEnded = ({ state }: RunAnswer): boolean => ['done', 'failed', 'cancelled'].includes(String(state))

/** A run that is being compared has no training process any more. */
const hasReached = (percent: number, run: RunAnswer): boolean =>
  Number(run['progress']) >= percent || run['state'] === 'judging' || hasEnded(run)

function halfMade({ dataDir }: Product): readonly string[] {
  return ['cache', 'models', 'runs', 'scratch']
    .map((name) => path.join(dataDir, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .filter((name) => /\.making|\.part$/.test(path.basename(name)))
}
