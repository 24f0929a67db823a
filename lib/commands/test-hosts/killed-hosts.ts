/**
 * Three web and two worker instances, of which a process or all processes are killed at random moments, while clients
 * predict, versions are promoted and runs train: nothing acknowledged is lost, and every host follows.
 */
import type { DataSettings } from '#lib/data/data-settings.ts'
import { createOwnKey } from '../load/own-product-key.ts'
import { inMs, percentile, tally, wait, within, type CheckResult } from '../test-faults/fault-scenario.ts'
import { runOf } from '../test-faults/full-disk.ts'
import { missingRows } from '../test-faults/kills.ts'
import { killNow } from '../test-faults/process-tree.ts'
import { allStarted, type ProductClient } from '../test-faults/product.ts'
import { smallImage, startTraffic } from '../test-faults/traffic.ts'
import { clientOfAll, startHost, type TestHost } from './hosts.ts'
import { sharedFiles } from './shared-files.ts'

const WEBS = 3
const WORKERS = 2
const CLIENTS = 6
/** Between two predictions of a client: the hosts share the cores of one machine with the training runs. */
const PAUSE_MS = 20
const LONGEST_PAUSE_MS = 3_000
const BACK_WITHIN_MS = 90_000
const LONGEST_PROMOTION_MS = 5_000
const PROMOTE_EVERY_MS = 4_000
const LONGEST_RUN_MS = 600_000
const EPOCHS = 3
/** The first images are drawn by a worker. */
const DRAWN_WITHIN_MS = 180_000
/** A run is abandoned after three deaths of its process in one attempt. */
const KILLS_OF_A_RUN = 2

export type Installation = {
  readonly settings: Readonly<Record<string, string>>
  /** How this program opens the same data. */
  readonly data: Partial<DataSettings>
  readonly sharedDir?: string
}

type Client = ReturnType<typeof clientOfAll>
type Victim = 'predict' | 'web' | 'worker' | 'training' | 'all processes'

const VICTIMS: Readonly<Record<TestHost['role'], readonly Victim[]>> = {
  web: ['predict', 'web', 'all processes'],
  worker: ['worker', 'training', 'all processes'],
}

export async function killedHosts(
  { settings, data, sharedDir }: Installation,
  { kills, say }: { readonly kills: number; readonly say: (line: string) => void },
): Promise<readonly CheckResult[]> {
  const place = {
    settings: { AUTO_PROMOTE: 'off', ...settings },
    ...(sharedDir !== undefined && { sharedDir }),
  }
  const hosts: TestHost[] = []
  try {
    hosts.push(await startHost({ role: 'worker', number: 1, ...place }))
    for (let number = 2; number <= WORKERS; number++)
      hosts.push(await startHost({ role: 'worker', number, ...place }))
    const webs = await Promise.all(
      Array.from({ length: WEBS }, (_, i) => startHost({ role: 'web', number: i + 1, ...place })),
    )
    hosts.push(...webs)
    const { dataDir } = hosts[0]!
    const key = await createOwnKey(dataDir, { name: 'npm run test:hosts', scopes: ['admin'] }, data)
    const client = clientOfAll(webs, key)
    for (const web of webs) await allStarted(client.at(web).request)
    await untilDrawn(client)
    say(`${WEBS} web and ${WORKERS} worker instances are ready`)
    const files = await sharedFiles(webs.map((web) => ({ ...client.at(web), url: web.url })))
    say('files of one instance were read by others')
    const killed = await judged({
      hosts,
      webs,
      client,
      kills,
      say,
      count: (ids) => missingRows({ dataDir }, ids, data),
    })
    return [...files, ...killed]
  } finally {
    await Promise.all(hosts.map((host) => host.end()))
  }
}

type Trial = {
  readonly hosts: readonly TestHost[]
  readonly webs: readonly TestHost[]
  readonly client: Client
  readonly kills: number
  readonly say: (line: string) => void
  readonly count: (ids: readonly string[]) => Promise<number>
}

async function judged({ hosts, webs, client, kills, say, count }: Trial): Promise<readonly CheckResult[]> {
  const first = await runEnded(client, await startRun(client)) // a second version, to promote
  const over = new AbortController()
  const training = trainUntil(over.signal, client)
  const promoting = promoteUntil(over.signal, { webs, client })
  const traffic = startTraffic(client, { clients: CLIENTS, pauseMs: PAUSE_MS })
  const killed: string[] = []
  let late = 0
  let killsOfTraining = 0
  while (killed.length < kills) {
    await wait(Math.random() * LONGEST_PAUSE_MS)
    const host = oneOf(hosts)
    const victim = oneOf(VICTIMS[host.role])
    if (victim === 'training' && killsOfTraining === KILLS_OF_A_RUN) continue
    if (!killOne(host, victim)) continue
    if (victim === 'training') killsOfTraining += 1
    killed.push(victim === 'all processes' ? `all of a ${host.role}` : victim)
    if (victim === 'all processes') await host.start()
    const back = await within(BACK_WITHIN_MS, () => isBack(host, client))
    if (!back.held) late += 1
    await within(BACK_WITHIN_MS, () => traffic.retrying() === 0)
    say(`${killed.length} of ${kills}: ${killed.at(-1)} of ${host.name}, back after ${inMs(back.ms)}`)
  }
  const figures = await traffic.end()
  over.abort()
  const promotions = await promoting
  const runs = [first, ...(await training)]
  const missing = await count(figures.ids)
  return [
    {
      what: `kill −9 of processes and whole hosts at random moments (${tally(killed)})`,
      expected:
        'each is back within 90 s; each acknowledged prediction has its row; none fails after one retry',
      measured:
        `${figures.ids.length.toLocaleString('en')} acknowledged, ${missing} without a row; ` +
        `${figures.retried} retried, ${figures.failures.length} failed` +
        (figures.failures.length > 0 ? ` (${tally(figures.failures)})` : '') +
        (late > 0 ? `; ${late} late` : ''),
      holds: late === 0 && missing === 0 && figures.failures.length === 0 && figures.ids.length > 0,
    },
    {
      what: 'training runs meanwhile',
      expected: 'each completes',
      measured: `${runs.length} runs: ${tally(runs)}`,
      holds: runs.every((state) => state === 'done'),
    },
    {
      what: 'promotions meanwhile',
      expected: `each host that runs serves the promoted version within ${inMs(LONGEST_PROMOTION_MS)}`,
      measured:
        `${promotions.length} promotions; half within ${inMs(percentile(promotions, 0.5))}, ` +
        `all within ${inMs(Math.max(0, ...promotions))}`,
      holds: promotions.length > 0 && promotions.every((ms) => ms <= LONGEST_PROMOTION_MS),
    },
  ]
}

const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!

/** False if there is no such process at the moment. */
function killOne(host: TestHost, victim: Victim): boolean {
  if (victim === 'all processes') return host.kill() > 0
  const pids = host.pidsOf(victim)
  return pids.length > 0 && killNow(oneOf(pids)) > 0
}

async function isBack(host: TestHost, client: Client): Promise<boolean> {
  if (host.role === 'worker') return host.pidsOf('worker').length > 0
  const { status } = await client.at(host).request('/api/health/ready', { timeoutMs: 5_000 })
  return status === 200 && (await client.at(host).predict(smallImage(1), { timeoutMs: 5_000 })).status === 200
}

async function untilDrawn(client: Client): Promise<void> {
  const { held } = await within(DRAWN_WITHIN_MS, async () => {
    const { body } = await client.request('/api/uploads?classifier=shapes')
    const uploads = body['uploads'] as readonly { readonly state: string }[] | undefined
    return uploads?.some(({ state }) => state === 'done') === true
  })
  if (!held) throw new Error('No worker has drawn the first images.')
}

/** Its id. */
async function startRun(client: Client): Promise<string> {
  const settings = { classifier: 'shapes', recipe: 'finetune', epochs: EPOCHS, force: true }
  const { status, body } = await client.request('/api/retrain', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify(settings),
  })
  const run = body['run'] as { readonly id: string } | undefined
  if (run === undefined) throw new Error(`A run could not be started: ${status} ${String(body['detail'])}`)
  return run.id
}

async function runEnded(client: Client, id: string): Promise<string> {
  let state = 'unknown'
  await within(LONGEST_RUN_MS, async () => {
    const run = await runOf(client, id)
    state = run['state'] === 'failed' ? `failed: ${String(run['error'])}` : String(run['state'])
    return ['done', 'cancelled'].includes(state) || state.startsWith('failed')
  })
  return state
}

/** One run after another; how each ended. */
async function trainUntil(signal: AbortSignal, client: Client): Promise<readonly string[]> {
  const ended: string[] = []
  while (!signal.aborted) ended.push(await runEnded(client, await startRun(client)))
  return ended
}

/** Promotes the two latest versions in turn; how long each took to reach every host that answers. */
async function promoteUntil(
  signal: AbortSignal,
  { webs, client }: { readonly webs: readonly TestHost[]; readonly client: Client },
): Promise<readonly number[]> {
  const took: number[] = []
  for (let turn = 0; !signal.aborted; turn++) {
    const { body } = await client.request('/api/models?classifier=shapes')
    const models = (body['models'] ?? []) as readonly { readonly id: string; readonly version: string }[]
    const next = models[turn % 2]
    if (next === undefined) continue
    const began = performance.now()
    const { status } = await client.request(`/api/models/${next.id}/promote`, {
      method: 'POST',
      type: 'application/json',
      body: JSON.stringify({ reason: 'npm run test:hosts' }),
    })
    if (status === 200) {
      const times = webs.map((web) => servedAfter(client.at(web), { version: next.version, began }))
      took.push(...(await Promise.all(times)).filter((ms) => ms !== null))
    }
    await wait(PROMOTE_EVERY_MS)
  }
  return took
}

/** Null: it was killed meanwhile, and loads the promoted version when it starts. */
async function servedAfter(
  client: ProductClient,
  { version, began }: { readonly version: string; readonly began: number },
): Promise<number | null> {
  for (let seed = 0; performance.now() - began < 2 * LONGEST_PROMOTION_MS; seed++) {
    const { status, body } = await client.predict(smallImage(seed), { timeoutMs: LONGEST_PROMOTION_MS })
    if (status !== 200) return null
    if (body['model_version'] === version) return performance.now() - began
    await wait(50)
  }
  return performance.now() - began
}
