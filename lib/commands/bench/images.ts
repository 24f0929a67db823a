/**
 * `npm run bench -- images`: the page of a classifier's images with very many of them: first paint, scrolling, and a
 * change of 500 with its undo. It makes the images itself and starts its own product, which a headless Chromium opens.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import { changeSamples } from '#lib/contracts/sample-changes.ts'
import { listSamples } from '#lib/contracts/uploads.ts'
import type { NewSample } from '#lib/data/values.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { openData } from '#lib/queries/open-data.ts'
import { answer } from './requests.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { printRows, type FigureRow } from './figure-rows.ts'

const HELP = `npm run bench -- images [options]

Opens the images of a classifier in a headless Chromium and measures first paint, the longest task while it scrolls
through all of them, and how long a change of 500 images and its undo take through the API.

  --count N        number of images (default: 100000)
  --chromium PATH  the browser (default: /usr/bin/chromium)
  --json           one JSON object instead of the table
  --help           show this help

Exits with 1 if a figure is above its target.`

const CLASSIFIER = 'many'
/** Of the product that the benchmark starts; changing labels is for editors. */
const KEY = 'dk_bench'
const AT_ONCE = 500 // as many as one call adds
const OPENINGS = 5
const SCROLL_MS = 10_000
const CHANGED = 500
const MOST_PAINT_MS = 1_000
const MOST_TASK_MS = 100
const MOST_CHANGE_MS = 1_000

type Figures = {
  readonly paintMs: number
  readonly taskMs: number
  readonly changeMs: number
  readonly undoMs: number
}

export async function benchImages(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '100000' },
      chromium: { type: 'string', default: '/usr/bin/chromium' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const count = Number(values.count)
  if (!Number.isInteger(count) || count < 2 * CHANGED) {
    console.error(`--count must be an integer from ${2 * CHANGED}.`)
    return 1
  }
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'darkroom-images-'))
  try {
    await addImages(dataDir, count, lines)
    await using product = await startThrowawayProduct(
      { BACKBONE: 'own', OPEN_ACTIONS: 'true', RATE_LIMIT_ENABLED: 'false' },
      { dataDir },
    )
    const figures = await measure(product.url, values.chromium, lines)
    return printRows(rowsOf(figures), { lines, isJson: values.json, more: { count, figures } })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function addImages(dataDir: string, count: number, lines: Lines): Promise<void> {
  const data = await openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: path.join(dataDir, 'no-models'),
    clock: { now: () => Date.now() },
  })
  try {
    await data.keys.create({
      name: 'bench',
      sha256: createHash('sha256').update(KEY).digest('hex'),
      beginsWith: KEY.slice(0, 9),
      scopes: ['admin'],
      createdById: null,
      expiresAt: null,
      classifierId: null,
    })
    await data.classifiers.create({
      id: CLASSIFIER,
      title: 'Many',
      classes: SHAPES,
      input: { size: 32, channels: 3, fit: 'cover' },
      isMirrorable: true,
    })
    for (let first = 0; first < count; first += AT_ONCE) {
      lines.passing(`adding images: ${first.toLocaleString('en-GB')} of ${count.toLocaleString('en-GB')}`)
      const length = Math.min(AT_ONCE, count - first)
      await data.samples.add(
        CLASSIFIER,
        Array.from({ length }, (_, i) => sampleOf(first + i)),
      )
    }
  } finally {
    await data.close()
  }
}

function sampleOf(i: number): NewSample {
  const label = SHAPES[i % SHAPES.length]!
  const bytes = new Uint8Array(encodePng(drawShape(label, i)))
  return {
    image: {
      hash: createHash('sha256').update(bytes).digest('hex'),
      bytes,
      width: 32,
      height: 32,
      mediaType: 'image/png',
    },
    label,
    split: SPLITS[i % SPLITS.length]!,
    source: 'upload',
    uploadId: null,
    filename: `${label}-${i}.png`,
  }
}

async function measure(url: string, executablePath: string, lines: Lines): Promise<Figures> {
  const { chromium } = await import('@playwright/test')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const paints: number[] = []
    for (let i = 0; i < OPENINGS; i++) {
      lines.passing('opening the page')
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      paints.push(await paintOf(page, url))
      if (i < OPENINGS - 1) await page.close()
    }
    const page = browser.contexts().at(-1)!.pages()[0]!
    lines.passing('scrolling')
    const taskMs = await longestTask(page)
    lines.passing('changing 500 images')
    return {
      paintMs: paints.toSorted((a, b) => a - b)[Math.floor(OPENINGS / 2)]!,
      taskMs,
      ...(await changeMany(url)),
    }
  } finally {
    await browser.close()
  }
}

/** Milliseconds until the first contentful paint, of a page whose first images are in the document. */
async function paintOf(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/classifiers/${CLASSIFIER}/images`)
  await page.locator('#image-0').waitFor()
  return page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  )
}

/** Scrolls from the first image to the last and back in jumps and small steps; the longest task in milliseconds. */
const longestTask = (page: Page): Promise<number> =>
  page.evaluate(async (duration) => {
    const grid = document.querySelector('[role=listbox]')
    if (!grid) throw new Error('there is no grid on the page')
    let longest = 0
    const observer = new PerformanceObserver((list) => {
      for (const { duration: ms } of list.getEntries()) longest = Math.max(longest, ms)
    })
    observer.observe({ type: 'longtask' })
    const end = performance.now() + duration
    const most = grid.scrollHeight - grid.clientHeight
    for (let frame = 0; performance.now() < end; frame++) {
      const isJump = frame % 60 === 0
      grid.scrollTop = isJump ? (most * ((frame / 60) % 10)) / 9 : grid.scrollTop + 40
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    observer.disconnect()
    return longest
  }, SCROLL_MS)

async function changeMany(url: string): Promise<Pick<Figures, 'changeMs' | 'undoMs'>> {
  const { samples } = listSamples.output.parse(
    await answer(url, 'GET', `/api/samples?classifier=${CLASSIFIER}&limit=${CHANGED}`),
  )
  const body = JSON.stringify({ ids: samples.map(({ id }) => id), label: SHAPES[0] })
  const started = performance.now()
  const { change } = changeSamples.output.parse(await answer(url, 'PATCH', '/api/samples', body, KEY))
  const between = performance.now()
  await answer(url, 'POST', `/api/changes/${change?.id}/undo`, '{}', KEY)
  return { changeMs: between - started, undoMs: performance.now() - between }
}

const rowsOf = ({ paintMs, taskMs, changeMs, undoMs }: Figures): readonly FigureRow[] => [
  row(`first paint, median of ${OPENINGS}`, paintMs, MOST_PAINT_MS),
  row('longest task while scrolling (0: none above 50 ms)', taskMs, MOST_TASK_MS),
  row(`label of ${CHANGED} images changed`, changeMs, MOST_CHANGE_MS),
  row('the same undone', undoMs, MOST_CHANGE_MS),
]

const row = (what: string, ms: number, most: number): FigureRow => ({
  what,
  figure: `${Math.round(ms).toLocaleString('en-GB')} ms`,
  wanted: `≤ ${most.toLocaleString('en-GB')} ms`,
  isMet: ms <= most,
})
