/**
 * `npm run bench -- serve`: how many predictions per second the product serves on this machine, and how
 * long they take. It starts its own product and ends it; the load generator runs on the same machine, so it
 * uses part of the processors.
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import autocannon, { type CannonRequest, type CannonResult } from 'autocannon'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { watchMachine } from '#lib/operations/machine.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway-product.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'

const HELP = `npm run bench -- serve [options]

Posts different generated images (40 pixels, PNG) to a separate instance on a free port, with history and
without rate limits.

  --connections LIST  numbers of concurrent connections (default: 1,10,50,200)
  --seconds N         duration of each (default: 10)
  --door WHICH        on, off or both: whether the fast path serves predictions without Next.js (default: both)
  --classifier NAME   the classifier to query (default: shapes)
  --json              one JSON object at the end instead of the table
  --help              show this help

Settings such as PREDICT_PROCESSES or WEB_PROCESSES apply to the instance that is measured.`

const DIFFERENT_IMAGES = 600
const WARM_UP_SECONDS = 2

type ServeResult = {
  door: string
  connections: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  requests: number
  failures: number
  memoryBeforeMb: number
  memoryAfterMb: number
}
type ServeBenchOptions = {
  readonly connections: readonly number[]
  readonly seconds: number
  readonly doors: readonly ('on' | 'off')[]
  readonly classifier: string
}

/** Served by the fast path, by the routes, or both in turn. */
const DOORS: Readonly<Record<string, ServeBenchOptions['doors']>> = {
  both: ['on', 'off'],
  on: ['on'],
  off: ['off'],
}

export async function benchServe(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '1,10,50,200' },
      seconds: { type: 'string', default: '10' },
      door: { type: 'string', default: 'both' },
      classifier: { type: 'string', default: 'shapes' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const params: ServeBenchOptions = {
    connections: values.connections.split(',').map(Number),
    seconds: Number(values.seconds),
    doors: DOORS[values.door] ?? ['on'],
    classifier: values.classifier,
  }
  if (![...params.connections, params.seconds].every((value) => Number.isInteger(value) && value > 0)) {
    console.error('--connections and --seconds must be positive integers.')
    return 1
  }
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const measured: ServeResult[] = []
  for (const door of params.doors) measured.push(...(await measure(door, params, lines)))
  const machine = `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`
  if (values.json)
    console.log(
      JSON.stringify({ machine, classifier: params.classifier, seconds: params.seconds, measured }, null, 1),
    )
  else lines.line(table(machine, measured))
  return measured.some(({ failures }) => failures > 0) ? 1 : 0
}

async function measure(
  door: 'on' | 'off',
  { connections, seconds, classifier }: ServeBenchOptions,
  lines: Lines,
): Promise<ServeResult[]> {
  await using product = await startThrowawayProduct({
    DOOR: door,
    DEFAULT_CLASSIFIER: classifier,
    RATE_LIMIT_ENABLED: 'false',
  })
  const requests = differentRequests(classifier)
  const fire = (count: number, duration: number) =>
    autocannon({
      url: product.url,
      connections: count,
      duration,
      timeout: 30,
      setupClient: (client) => client.setRequests(rotated(requests)),
    })
  lines.passing(`warming up, DOOR=${door}`)
  await fire(10, WARM_UP_SECONDS)
  const look = watchMachine({ dataDir: product.dataDir, rootPid: product.pid, now: () => performance.now() })
  const memory = async () => (await look()).processes.reduce((sum, { memoryMb }) => sum + memoryMb, 0)
  const measured: ServeResult[] = []
  for (const count of connections) {
    lines.passing(`${count} connections, DOOR=${door}, ${seconds} s`)
    const memoryBeforeMb = await memory()
    const result = await fire(count, seconds)
    measured.push({
      door,
      connections: count,
      ...figuresOf(result),
      memoryBeforeMb,
      memoryAfterMb: await memory(),
    })
  }
  return measured
}

const figuresOf = ({ requests, latency, errors, timeouts, non2xx, duration }: CannonResult) => ({
  requestsPerSecond: Math.round(requests.total / duration),
  p50Ms: latency.p50,
  p99Ms: latency.p99,
  maxMs: latency.max,
  requests: requests.total,
  failures: errors + timeouts + non2xx,
})

function differentRequests(classifier: string): CannonRequest[] {
  return Array.from({ length: DIFFERENT_IMAGES }, (_, seed) => ({
    method: 'POST',
    path: `/api/predict?classifier=${encodeURIComponent(classifier)}`,
    headers: { 'content-type': 'image/png' },
    body: Buffer.from(encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed))),
  }))
}

/** Each connection starts with a different image. */
let begins = 0
function rotated(requests: readonly CannonRequest[]): CannonRequest[] {
  begins = (begins + 37) % requests.length // coprime to 600: every image comes first once
  return [...requests.slice(begins), ...requests.slice(0, begins)]
}

function table(machine: string, measured: readonly ServeResult[]): string {
  const rows = measured.map(
    (m) =>
      `| ${m.door} | ${m.connections} | ${m.requestsPerSecond.toLocaleString('en')} | ${m.p50Ms} | ` +
      `${m.p99Ms} | ${m.maxMs} | ${m.requests.toLocaleString('en')} | ${m.failures} | ` +
      `${m.memoryBeforeMb} → ${m.memoryAfterMb} |`,
  )
  return [
    machine,
    '',
    '| DOOR | connections | requests/s | p50 ms | p99 ms | max ms | requests | failures | memory MB |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n')
}
