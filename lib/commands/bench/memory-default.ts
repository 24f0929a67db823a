/**
 * The memory of all processes of a start with the default settings, next to its targets: idle, after pages were read,
 * and while 50 connections predict. memory.ts measures small machines and training.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '#lib/domain/errors.ts'
import { startThrowawayProduct, type ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import type { Lines } from '../terminal/progress-line.ts'
import type { FigureRow } from './figure-rows.ts'
import { createSender } from './load-generator.ts'
import { answer } from './requests.ts'
import { watchMemory } from './watch-memory.ts'

const IDLE_TARGET_MB = 350
const LOADED_TARGET_MB = 450

const CONNECTIONS = 50
/** Processes collect garbage thoroughly when they have been idle for some seconds, one after another. */
const SETTLE_MS = 20_000
const WATCH_MS = 3_000
const LONGEST_DRAWING_MS = 120_000
const PAGES = ['/', '/predict?classifier=shapes', '/monitoring', '/api/statistics'] as const

/** `seconds`: how long predictions are sent. */
export async function measureDefault({
  seconds,
  notes,
}: {
  readonly seconds: number
  readonly notes: Lines
}): Promise<readonly FigureRow[]> {
  notes.passing('default settings: starting')
  await using product = await startThrowawayProduct({
    OPEN_ACTIONS: 'true',
    RATE_LIMIT_ENABLED: 'false',
    DEFAULT_CLASSIFIER: 'shapes',
  })
  notes.passing('default settings: the first images are generated')
  await untilDrawn(product.url)
  notes.passing('default settings: idle')
  const idle = await settled(product)
  notes.passing('default settings: pages')
  for (const page of PAGES) await opened(product.url + page)
  const afterPages = await settled(product)
  notes.passing('default settings: predicting')
  const watching = watchMemory(product)
  using sender = createSender(`${product.url}/api/predict`, true)
  const answers = await sender.fire({ connections: CONNECTIONS, seconds }).finally(watching.end)
  const failed = answers.filter(({ status }) => status !== 200).length
  return [
    row('idle', idle, IDLE_TARGET_MB),
    row(`after ${PAGES.length - 1} pages and the statistics`, afterPages, LOADED_TARGET_MB),
    row(
      `${CONNECTIONS} connections, ${Math.round(answers.length / seconds).toLocaleString('en')} predictions/s, peak`,
      watching.most(),
      LOADED_TARGET_MB,
    ),
    { what: 'predictions that failed', figure: String(failed), wanted: '0', isMet: failed === 0 },
  ]
}

async function opened(url: string): Promise<void> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  await response.arrayBuffer()
}

type Snapshot = ReturnType<ReturnType<typeof watchMemory>['most']>

/** The processes after a while without requests. */
async function settled(product: ThrowawayProduct): Promise<Snapshot> {
  await pause(SETTLE_MS)
  const watching = watchMemory(product)
  await pause(WATCH_MS)
  watching.end()
  return watching.most()
}

function row(what: string, { peak_mb: mb, processes }: Snapshot, targetMb: number): FigureRow {
  const each = Object.entries(processes).map(([name, one]) => `${name} ${one}`)
  return {
    what: `${what}: ${each.join(', ')}`,
    figure: `${mb} MB`,
    wanted: `≤ ${targetMb} MB (${(mb / targetMb).toFixed(2)} ×)`,
    isMet: mb <= targetMb,
  }
}

/** The process that draws the images of `shapes` runs once for an installation, and is no part of an idle start. */
async function untilDrawn(url: string): Promise<void> {
  const latest = performance.now() + LONGEST_DRAWING_MS
  while (performance.now() < latest) {
    const { uploads } = (await answer(url, 'GET', '/api/uploads?classifier=shapes').catch(
      (error: unknown) => ({ uploads: [], error: messageOf(error) }),
    )) as { uploads: readonly { state: string }[] }
    if (uploads[0]?.state === 'done') return
    await pause(500)
  }
  throw new Error('The first images of "shapes" were not generated in time.')
}
