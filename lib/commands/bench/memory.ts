/**
 * `npm run bench -- memory`: the total memory of all processes of the product: with the default settings
 * (memory-default.ts), then with a small MEMORY_MB while it is idle, predicts, and trains in addition. It starts its
 * own products, and ends them; the client is not counted.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import type { CannonResult } from 'autocannon'
import { ENGINES, type EngineName } from '#lib/domain/classifier.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startThrowawayProduct, type ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { printRows } from './figure-rows.ts'
import { measureDefault } from './memory-default.ts'
import { answer, untilDone } from './requests.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { watchMemory, withLargest } from './watch-memory.ts'
import { machineName } from '../terminal/machine-name.ts'

const HELP = `npm run bench -- memory [options]

First starts an instance with the default settings and prints the memory of all its processes next to the targets:
idle, after pages were read, and while 50 connections predict. Then starts a separate instance for each engine and
prints the peak memory of all its processes together in each phase: idle, predicting under load, and training the last
layer, then the whole network, while predictions are made. Memory is the proportional set size (PSS), which counts
shared memory once. Linux only.

  --part LIST         of default, small (default: both)
  --engine LIST       of ${ENGINES.join(', ')} (default: onnx)
  --memory MB         value of MEMORY_MB (default: 512)
  --classifier NAME   the classifier to query and train (default: cifar10-small)
  --connections N     number of concurrent clients (default: 4)
  --seconds N         duration of the idle and predicting phases (default: 10)
  --pictures N        number of training images to upload (default: 100)
  --json              one JSON object per phase instead of the table
  --help              show this help`

/** What is measured: a start with the default settings, or one with a small MEMORY_MB. */
const PARTS = ['default', 'small'] as const
/** During training: at full speed, the requests alone would occupy the cores. */
const REQUESTS_PER_SECOND = 20
const EPOCHS = 2

export type MemoryRow = {
  readonly engine: EngineName
  readonly phase: string
  /** The largest total at one point in time, and the share of each process then. */
  readonly peak_mb: number
  readonly largest: string
  readonly processes: Readonly<Record<string, number>>
  readonly seconds: number
  readonly answered: number
  readonly failed: number
  /** The product's error, if the phase did not finish. */
  readonly refused: string | null
}

type MemoryBenchOptions = {
  readonly memory: string
  readonly classifier: string
  readonly connections: number
  readonly seconds: number
  readonly pictures: number
}

export async function benchMemory(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string', default: PARTS.join(',') },
      engine: { type: 'string', default: 'onnx' },
      memory: { type: 'string', default: '512' },
      classifier: { type: 'string', default: 'cifar10-small' },
      connections: { type: 'string', default: '4' },
      seconds: { type: 'string', default: '10' },
      pictures: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const params: MemoryBenchOptions = {
    memory: values.memory,
    classifier: values.classifier,
    connections: Number(values.connections),
    seconds: Number(values.seconds),
    pictures: Number(values.pictures),
  }
  const engines = ENGINES.filter((name) => values.engine.split(',').includes(name))
  const parts = PARTS.filter((name) => values.part.split(',').includes(name))
  if (
    ![params.connections, params.seconds, params.pictures].every(
      (value) => Number.isInteger(value) && value > 0,
    ) ||
    engines.length === 0 ||
    parts.length === 0
  ) {
    console.error(
      '--connections, --seconds and --pictures must be whole numbers of at least 1, --engine one of ' +
        `${ENGINES.join(', ')}, --part one of ${PARTS.join(', ')}.`,
    )
    return 1
  }
  if (process.platform !== 'linux') {
    console.error('This benchmark needs Linux, which reports private and shared memory per process.')
    return 1
  }
  const notes = createLines(process.stderr)
  const isMissed =
    parts.includes('default') && (await printDefault(params, { notes, isJson: values.json })) !== 0
  if (!parts.includes('small')) return isMissed ? 1 : 0
  const rows: MemoryRow[] = []
  for (const engine of engines) rows.push(...(await measured(engine, params, notes)))
  if (values.json) for (const row of rows) console.log(JSON.stringify(row))
  else
    createLines().line(
      [
        `${machineName()}; MEMORY_MB=${params.memory}, ${params.connections} connections`,
        '',
        table(rows),
      ].join('\n'),
    )
  return isMissed || rows.some(({ failed, refused }) => failed > 0 || refused !== null) ? 1 : 0
}

async function printDefault(
  { seconds }: MemoryBenchOptions,
  { notes, isJson }: { readonly notes: Lines; readonly isJson: boolean },
): Promise<number> {
  const rows = await measureDefault({ seconds, notes })
  return printRows(rows, { lines: createLines(), isJson, more: { seconds } })
}

async function measured(engine: EngineName, options: MemoryBenchOptions, notes: Lines): Promise<MemoryRow[]> {
  notes.passing(`${engine}: starting`)
  const { classifier, connections, seconds } = options
  await using product = await startThrowawayProduct({
    MEMORY_MB: options.memory,
    INFERENCE_ENGINE: engine,
    TRAINING_ENGINE: engine,
    DEFAULT_CLASSIFIER: classifier,
    OPEN_ACTIONS: 'true',
    RATE_LIMIT_ENABLED: 'false',
    AUTO_PROMOTE: 'off',
  })
  const fire = (duration: number, rate?: number): Promise<CannonResult> =>
    autocannon({
      url: product.url,
      connections,
      duration,
      timeout: 60,
      ...(rate === undefined ? {} : { overallRate: rate }),
      setupClient: (client) => client.setRequests([...requests(classifier)]),
    })
  const phase = async (name: string, work: () => Promise<readonly CannonResult[]>): Promise<MemoryRow> => {
    notes.passing(`${engine}: ${name}`)
    const began = performance.now()
    const watching = watchMemory(product)
    let refused: string | null = null
    const results = await work()
      .catch((error: unknown): readonly CannonResult[] => {
        refused = messageOf(error)
        return []
      })
      .finally(() => watching.end())
    const failed = results.reduce((sum, { errors, timeouts, non2xx }) => sum + errors + timeouts + non2xx, 0)
    const row = {
      engine,
      phase: name,
      ...withLargest(watching.most()),
      seconds: Math.round((performance.now() - began) / 1000),
      answered: results.reduce((sum, { requests }) => sum + requests.total, 0),
      failed,
      refused,
    }
    notes.line(
      `${engine}, ${name}: ${row.peak_mb} MB, the largest: ${row.largest}${refused === null ? '' : `. ${refused}`}`,
    )
    return row
  }
  const whilePredicting = (recipe: 'head' | 'finetune') => async (): Promise<readonly CannonResult[]> => {
    const results: CannonResult[] = []
    const training = trained(product, classifier, recipe)
    let isDone = false
    training.then(
      () => {
        isDone = true
      },
      () => {
        isDone = true
      },
    )
    while (!isDone) results.push(await fire(2, REQUESTS_PER_SECOND))
    await training
    return results
  }
  return [
    await phase('idle', async () => {
      await wait(seconds * 1000)
      return []
    }),
    await phase('predicting', async () => [await fire(seconds)]),
    await phase('uploading', async () => {
      await upload(product, options)
      return []
    }),
    await phase('predicting, training the last layer', whilePredicting('head')),
    await phase('predicting, fine-tuning', whilePredicting('finetune')),
  ]
}

const imageOf = (seed: number): Buffer =>
  Buffer.from(encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed)))

const requests = (classifier: string) =>
  Array.from({ length: 100 }, (_, seed) => ({
    method: 'POST',
    path: `/api/predict?classifier=${encodeURIComponent(classifier)}`,
    headers: { 'content-type': 'image/png' },
    body: imageOf(seed),
  }))

/** Shapes under the names of the classifier's own classes: the accuracy is irrelevant here. */
async function upload(
  { url }: ThrowawayProduct,
  { classifier, pictures }: MemoryBenchOptions,
): Promise<void> {
  const { classes } = (await answer(url, 'GET', `/api/classes?classifier=${classifier}`)) as {
    classes: readonly string[]
  }
  for (const [index, name] of classes.entries()) {
    const form = new FormData()
    for (let i = index; i < pictures; i += classes.length)
      form.append('files', new Blob([new Uint8Array(imageOf(10_000 + i))]), `${i}.png`)
    form.append('label', name)
    await answer(url, 'POST', `/api/upload?classifier=${classifier}`, form)
  }
}

async function trained(
  { url }: ThrowawayProduct,
  classifier: string,
  recipe: 'head' | 'finetune',
): Promise<void> {
  const { run } = (await answer(
    url,
    'POST',
    '/api/retrain',
    JSON.stringify({ classifier, recipe, epochs: EPOCHS, force: true }),
  )) as { run: { id: string } }
  await untilDone(url, run.id)
}

function table(rows: readonly MemoryRow[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.engine} | ${row.phase} | ${row.peak_mb} | ${row.largest} | ${Object.entries(row.processes)
        .map(([name, mb]) => `${name} ${mb}`)
        .join(', ')} | ${row.seconds} | ${row.answered.toLocaleString('en')} | ${row.failed} |`,
  )
  return [
    '| engine | phase | peak MB | largest | by process | seconds | completed | failed |',
    '|---|---|--:|---|---|--:|--:|--:|',
    ...lines,
  ].join('\n')
}
