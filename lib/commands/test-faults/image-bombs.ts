/**
 * Images that are small to send and large to decode: many at once, in a ZIP, and as thumbnails of stored
 * ones, while others request small predictions. Memory is the total of all processes of the product.
 */
import { buffer } from 'node:stream/consumers'
import { writeZip } from '#lib/archive/write-zip.ts'
import { memoryMb } from '#lib/operations/memory-limits.ts'
import { BOMB_SIDE, BOMBS, type Bomb, type BombName } from './bombs.ts'
import { memoryOf, pidsOf, watchMemory } from './process-tree.ts'
import { inMb, inMs, tally, wait, within, type Context, type CheckResult } from './fault-scenario.ts'
import type { ProductAnswer, Product } from './product.ts'
import { smallImage, startTraffic } from './traffic.ts'

/** The promise: the total memory stays below this multiple of the idle memory plus the printed budget. */
const TIMES_IDLE = 1.5
const SLOWEST_P99_MS = 1_000
/** The budget if the product prints none: the smaller of 400 MB and a fifth of the memory it uses. */
const MOST_BUDGET_MB = 400
const BUDGET_SHARE = 0.2
const RELEASED_WITHIN_MS = 60_000
/** A separate process draws the first images and ends when it has finished. */
const FIRST_START_MS = 30_000
const OTHERS = { clients: 4, pauseMs: 25 }
/**
 * A prediction, or a refusal with its reason and, where useful, the time to retry. Never a 500, never a
 * broken connection.
 */
const MAY_BE_ANSWERED: readonly number[] = [200, 202, 413, 422, 429, 503, 507]

const SHORT_KINDS: readonly BombName[] = ['webp', 'jpeg', 'interlaced']

export async function imageBombs({
  form,
  count,
  product: shared,
  say,
}: Context): Promise<readonly CheckResult[]> {
  return bombsOn(await shared(), {
    kinds: form === 'long' ? (Object.keys(BOMBS) as BombName[]) : SHORT_KINDS,
    parallel: count({ short: 12, long: 30 }),
    thumbnails: count({ short: 8, long: 30 }),
    stored: 'webp',
    waits: form === 'long',
    say,
  })
}

export type BombOptions = {
  readonly kinds: readonly BombName[]
  readonly parallel: number
  /** Stored images whose thumbnails are requested at the same time. */
  readonly thumbnails: number
  /** Of which kind these are: one that this machine has the memory to decode, otherwise nothing is stored. */
  readonly stored: BombName
  /** Whether to wait until memory is released. */
  readonly waits: boolean
  readonly say: (line: string) => void
}

export async function bombsOn(
  product: Product,
  { kinds, parallel, thumbnails, stored, waits, say }: BombOptions,
): Promise<readonly CheckResult[]> {
  const limit = await limitOf(product)
  const judged: CheckResult[] = []
  for (const kind of kinds) {
    const bomb: Bomb = BOMBS[kind]
    const image = bomb.make(BOMB_SIDE)
    say(`${parallel} × ${bomb.name}`)
    judged.push(
      await underFire(product, limit, {
        what: `${parallel} × ${bomb.name}, 49 megapixels, ${inBytes(image)}`,
        fire: () =>
          Promise.all(
            Array.from({ length: parallel }, () => product.predict(image, { type: bomb.mediaType })),
          ),
      }),
    )
  }
  const zip = await zipOf(Array.from({ length: 40 }, (_, i) => BOMBS.webp.make(BOMB_SIDE - i)))
  say('40 in a ZIP')
  judged.push(
    await underFire(product, limit, {
      what: `ZIP of 40 × ${BOMBS.webp.name} to /api/predict/batch, ${inBytes(zip)}`,
      fire: async () => [
        await product.request('/api/predict/batch?classifier=shapes', {
          method: 'POST',
          body: zip,
          type: 'application/zip',
        }),
      ],
    }),
  )
  say(`thumbnails of ${thumbnails} stored images`)
  judged.push(await thumbnailsOf(product, limit, { many: thumbnails, kind: BOMBS[stored] }))
  if (waits) judged.push(await givenBack(product, limit, say))
  return judged
}

export type Limit = { readonly idleMb: number; readonly budgetMb: number; readonly mostMb: number }

/** Measured after its first responses: before, it uses less than it will when idle. */
export async function limitOf(product: Product): Promise<Limit> {
  for (let seed = 0; seed < 50; seed++) await product.predict(smallImage(seed))
  await within(FIRST_START_MS, () => pidsOf(product.pid, 'seed-process').length === 0)
  await wait(1_000)
  const idleMb = memoryOf(product.pid)
  const printed = /(\d+) MB[^\n]*decod|decod[^\n]*?(\d+) MB/i.exec(product.output())
  const budgetMb = Number(
    printed?.[1] ?? printed?.[2] ?? Math.min(MOST_BUDGET_MB, memoryMb({ MEMORY_MB: 'auto' }) * BUDGET_SHARE),
  )
  return { idleMb, budgetMb, mostMb: TIMES_IDLE * idleMb + budgetMb }
}

type Fire = { readonly what: string; readonly fire: () => Promise<readonly ProductAnswer[]> }

export async function underFire(product: Product, limit: Limit, { what, fire }: Fire): Promise<CheckResult> {
  const before = pidsOf(product.pid, 'predict').concat(pidsOf(product.pid, 'web'))
  const memory = watchMemory(product.pid)
  const others = startTraffic(product, OTHERS)
  await wait(200)
  const answers = await fire()
  const small = await others.end()
  const { peakMb, members } = memory.end()
  const after = pidsOf(product.pid, 'predict').concat(pidsOf(product.pid, 'web'))
  const killed = before.filter((pid) => !after.includes(pid)).length
  const bad = answers.filter(({ status }) => !MAY_BE_ANSWERED.includes(status))
  const largest = members.toSorted((a, b) => b.rssMb - a.rssMb)[0]
  return {
    what,
    expected:
      `memory ≤ 1.5 × ${Math.round(limit.idleMb)} + ${Math.round(limit.budgetMb)} = ${inMb(limit.mostMb)}; ` +
      `small p99 ≤ ${inMs(SLOWEST_P99_MS)}, none failed; a response to each; no process ends`,
    measured:
      `${inMb(peakMb)}${largest ? ` (${largest.name} ${inMb(largest.rssMb)})` : ''}; p99 ` +
      `${inMs(small.p99Ms)} of ${small.sent}, ${small.failures.length} failed; ` +
      `${tally(answers.map(outcomeOf))}; ${killed} ended`,
    holds:
      peakMb <= limit.mostMb &&
      small.p99Ms <= SLOWEST_P99_MS &&
      small.failures.length === 0 &&
      bad.length === 0 &&
      killed === 0,
  }
}

/** What the history page requests when it is opened: a thumbnail of each image at the same time. */
async function thumbnailsOf(
  product: Product,
  limit: Limit,
  { many, kind }: { readonly many: number; readonly kind: Bomb },
): Promise<CheckResult> {
  const ids: string[] = []
  for (let i = 0; i < many; i++) {
    const answer = await product.predict(kind.make(BOMB_SIDE - 100 - i), { type: kind.mediaType })
    if (typeof answer.body['id'] === 'string') ids.push(answer.body['id'])
  }
  const judged = await underFire(product, limit, {
    what: `thumbnails of ${many} stored images of 49 megapixels at once`,
    fire: () => Promise.all(ids.map((id) => product.request(`/api/predictions/${id}/image?size=64`))),
  })
  if (ids.length === many) return judged
  return {
    ...judged,
    measured: `${judged.measured}; only ${ids.length} of ${many} could be stored`,
    holds: judged.holds && ids.length > 0,
  }
}

async function givenBack(product: Product, limit: Limit, say: (line: string) => void): Promise<CheckResult> {
  say('waiting until memory is released')
  const most = limit.idleMb * TIMES_IDLE
  const { held, ms } = await within(RELEASED_WITHIN_MS, () => memoryOf(product.pid) <= most)
  return {
    what: 'memory after the burst',
    expected: `≤ 1.5 × idle = ${inMb(most)} within 60 s`,
    measured: `${inMb(memoryOf(product.pid))} after ${(ms / 1000).toFixed(1)} s`,
    holds: held,
  }
}

const outcomeOf = ({ status, failure }: ProductAnswer): string | number => failure ?? status

const zipOf = (images: readonly Uint8Array[]): Promise<Buffer> =>
  buffer(writeZip(images.map((content, i) => ({ path: `${i}.webp`, content }))))

const inBytes = ({ length }: Uint8Array): string =>
  length < 10_000 ? `${length} bytes` : `${Math.round(length / 1000)} kB`
