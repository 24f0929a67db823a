/**
 * `npm run bench -- interference`: what reading pages and changing the live version do to predictions, and how long
 * pages take meanwhile. It starts its own product with a classifier of two versions that differ.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { listModels } from '#lib/contracts/models.ts'
import { drawShape, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { printRows, type FigureRow } from './figure-rows.ts'
import { createSender, quantile, type SentAnswer } from './load-generator.ts'
import { answer, untilDone } from './requests.ts'

const HELP = `npm run bench -- interference [options]

Posts generated images (PNG of 40 pixels) over 50 connections: alone, while one client reads pages one after another,
and while the live version is changed again and again by promotions and rollbacks.

  --seconds N      duration with pages, and of the loads without (default: 10)
  --swaps N        number of changes of the live version (default: 50)
  --swap-seconds N during this time (default: 60)
  --json           one JSON object instead of the table
  --help           show this help

Exits with 1 if a prediction failed, a page took more than 300 ms (p95), or a ratio is above its target.`

const CONNECTIONS = 50
const WARM_UP_SECONDS = 3
const PAGES = [
  '/',
  '/classifiers/shapes/predict',
  '/classifiers/shapes/versions',
  '/classifiers/shapes/history',
  '/login',
]
const CLASSIFIER = 'swaps'
const CLASSES: readonly ShapeName[] = ['circle', 'star', 'cross']
const IMAGES_PER_CLASS = 20
const LONGEST_PAGE_MS = 300
const MOST_WITH_PAGES = 1.3
const MOST_WITH_SWAPS = 1.2

type InterferenceFigures = {
  readonly alone: LoadTimes
  readonly pages: LoadTimes & {
    readonly read: number
    readonly pageP50Ms: number
    readonly pageP95Ms: number
  }
  readonly aloneLater: LoadTimes
  readonly swaps: LoadTimes & { readonly changes: number; readonly refusedChanges: number }
}
type LoadTimes = {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
}

export async function benchInterference(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '10' },
      swaps: { type: 'string', default: '50' },
      'swap-seconds': { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const [seconds, swaps, swapSeconds] = [values.seconds, values.swaps, values['swap-seconds']].map(Number)
  if (![seconds, swaps, swapSeconds].every((value) => Number.isInteger(value) && value! > 0)) {
    console.error('--seconds, --swaps and --swap-seconds must be positive integers.')
    return 1
  }
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const figures = await measureInterference(
    { seconds: seconds!, swaps: swaps!, swapSeconds: swapSeconds! },
    lines,
  )
  return printRows(rowsOf(figures), { lines, isJson: values.json, more: { figures } })
}

async function measureInterference(
  {
    seconds,
    swaps,
    swapSeconds,
  }: { readonly seconds: number; readonly swaps: number; readonly swapSeconds: number },
  lines: Lines,
): Promise<InterferenceFigures> {
  await using product = await startThrowawayProduct({
    BACKBONE: 'own',
    DEFAULT_CLASSIFIER: 'shapes',
    OPEN_ACTIONS: 'true',
    RATE_LIMIT_ENABLED: 'false',
  })
  const { url } = product
  lines.passing('training two versions')
  await trainVersion(url, 0)
  await trainVersion(url, 1_000)
  const other = await otherVersion(url)
  using sender = createSender(`${url}/api/predict?classifier=${CLASSIFIER}`)
  lines.passing('warming up')
  await sender.fire({ connections: CONNECTIONS, seconds: WARM_UP_SECONDS })
  for (const page of PAGES) await readPage(url + page)
  const fire = async (duration: number): Promise<LoadTimes> =>
    timesOf(await sender.fire({ connections: CONNECTIONS, seconds: duration }), duration)
  lines.passing('predictions alone')
  const alone = await fire(seconds)
  lines.passing('predictions while pages are read')
  const [withPages, pageTimes] = await whileLoaded(fire(seconds), (isOver) => readPages(url, isOver))
  lines.passing('predictions alone, again')
  const aloneLater = await fire(seconds)
  lines.passing(`${swaps} changes of the live version in ${swapSeconds} s`)
  const [withSwaps, changes] = await whileLoaded(fire(swapSeconds), (isOver) =>
    changeVersions({ url, other, count: swaps, everyMs: (swapSeconds * 1_000) / swaps }, isOver),
  )
  return {
    alone,
    pages: {
      ...withPages,
      read: pageTimes.length,
      pageP50Ms: quantile(pageTimes, 0.5),
      pageP95Ms: quantile(pageTimes, 0.95),
    },
    aloneLater,
    swaps: { ...withSwaps, ...changes },
  }
}

async function whileLoaded<T>(
  load: Promise<LoadTimes>,
  work: (isOver: () => boolean) => Promise<T>,
): Promise<readonly [LoadTimes, T]> {
  let isOver = false
  const working = work(() => isOver)
  const times = await load
  isOver = true
  return [times, await working]
}

/** One after the other, as a person does who clicks at once. @returns milliseconds of each */
async function readPages(url: string, isOver: () => boolean): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; !isOver(); i++) {
    const began = performance.now()
    await readPage(url + PAGES[i % PAGES.length]!)
    times.push(performance.now() - began)
  }
  return times
}

async function readPage(address: string): Promise<void> {
  const response = await fetch(address)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${address} answered ${response.status}`)
}

/** Promotes the other version, rolls back, and so on. */
async function changeVersions(
  {
    url,
    other,
    count,
    everyMs,
  }: {
    readonly url: string
    readonly other: string
    readonly count: number
    readonly everyMs: number
  },
  isOver: () => boolean,
): Promise<{ readonly changes: number; readonly refusedChanges: number }> {
  let [changes, refusedChanges] = [0, 0]
  const began = performance.now()
  for (let i = 0; i < count && !isOver(); i++) {
    await pause(Math.max(0, began + i * everyMs - performance.now()))
    const isPromotion = i % 2 === 0
    const place = isPromotion ? `/api/models/${other}/promote` : '/api/models/rollback'
    const body = isPromotion ? { reason: 'a benchmark of promotions' } : { classifier: CLASSIFIER }
    const response = await fetch(url + place, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    if (response.ok) changes += 1
    else refusedChanges += 1
  }
  return { changes, refusedChanges }
}

/** Uploads images and trains. */
async function trainVersion(url: string, firstSeed: number): Promise<void> {
  for (const label of CLASSES) {
    const form = new FormData()
    for (let i = 0; i < IMAGES_PER_CLASS; i++)
      form.append(
        'files',
        new Blob([new Uint8Array(encodePng(drawShape(label, firstSeed + i)))]),
        `${label}-${i}.png`,
      )
    form.append('label', label)
    await answer(url, 'POST', `/api/upload?classifier=${CLASSIFIER}&create=true`, form)
  }
  const { run } = (await answer(url, 'POST', '/api/retrain', JSON.stringify({ classifier: CLASSIFIER }))) as {
    run: { id: string }
  }
  await untilDone(url, run.id)
}

/** The version that is not live. */
async function otherVersion(url: string): Promise<string> {
  const { models } = listModels.output.parse(await answer(url, 'GET', `/api/models?classifier=${CLASSIFIER}`))
  const other = models.find(({ is_live: isLive }) => !isLive)
  if (other === undefined) throw new Error('The second training made no second version')
  return other.id
}

function timesOf(answers: readonly SentAnswer[], seconds: number): LoadTimes {
  const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms)
  return {
    perSecond: Math.round(times.length / seconds),
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    failures: answers.length - times.length,
  }
}

function rowsOf({ alone, pages, aloneLater, swaps }: InterferenceFigures): readonly FigureRow[] {
  const withPages = pages.p99Ms / alone.p99Ms
  const withSwaps = swaps.p99Ms / aloneLater.p99Ms
  return [
    {
      what: `predictions alone, ${CONNECTIONS} connections, before and after`,
      figure: `${loadText(alone)}; ${loadText(aloneLater)}`,
      wanted: '0 failed',
      isMet: alone.failures + aloneLater.failures === 0,
    },
    {
      what: `${pages.read} pages, p50 and p95`,
      figure: `${ms(pages.pageP50Ms)}, ${ms(pages.pageP95Ms)}`,
      wanted: `p95 ≤ ${LONGEST_PAGE_MS} ms`,
      isMet: pages.pageP95Ms <= LONGEST_PAGE_MS,
    },
    {
      what: 'predictions meanwhile',
      figure: `${loadText(pages)}, × ${withPages.toFixed(2)}, ${pages.failures} failed`,
      wanted: `p99 ≤ × ${MOST_WITH_PAGES}, 0 failed`,
      isMet: withPages <= MOST_WITH_PAGES && pages.failures === 0,
    },
    {
      what: `predictions during ${swaps.changes} changes of the live version`,
      figure:
        `${loadText(swaps)}, × ${withSwaps.toFixed(2)}, ${swaps.failures} failed, ` +
        `${swaps.refusedChanges} changes refused`,
      wanted: `p99 ≤ × ${MOST_WITH_SWAPS}, 0 failed, 0 refused`,
      isMet: withSwaps <= MOST_WITH_SWAPS && swaps.failures + swaps.refusedChanges === 0,
    },
  ]
}

const ms = (value: number): string => `${value.toFixed(0)} ms`
const loadText = ({ perSecond, p50Ms, p99Ms }: LoadTimes): string =>
  `${perSecond}/s, p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}`
