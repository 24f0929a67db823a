/**
 * `npm run bench -- overload`: what happens to predictions when clients send more than the machine can
 * serve: at capacity, at three times as much, with batches, idle connections and event streams. It starts
 * its own product; the load generator runs on the same machine and uses part of it.
 */
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Data } from '#lib/data/data.ts'
import { openData } from '#lib/queries/open-data.ts'
import { watchMachine } from '#lib/operations/machine.ts'
import { wallClock } from '#lib/processes/clock.ts'
import { startThrowawayProduct, type ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { batchBody } from './batch-form.ts'
import { judged, SATURATING, TIMES_CAPACITY, type OverloadFigures } from './overload-verdict.ts'
import { printRows } from './figure-rows.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { createSender, quantile, type SentAnswer } from './load-generator.ts'

const HELP = `npm run bench -- overload [options]

Posts generated images (40 pixels, PNG) to a separate instance with history and without rate limits,
and prints one table: at capacity, at three times that, recovery, single predictions while batches
run, 500 idle connections, 300 event streams. It begins with a warm-up of 3 s, and half a second of
more than can be served.

  --seconds N      duration of each load (default: 8)
  --json           one JSON object instead of the table
  --help           show this help`

const WARM_UP_SECONDS = 3
/** The first overload of a process also runs code that is not compiled yet, for about a quarter of a second. */
const FIRST_OVERLOAD_SECONDS = 0.5
const FIRST_OVERLOAD_PER_SECOND = 5_000
const PROBE_EVERY_MS = 20
const LONGEST_RECOVERY_MS = 10_000
/** Single predictions one after another, as a person or a script sends them. */
const SINGLES = 2
const BATCH_CLIENTS = 4
const IMAGES_IN_BATCH = 200
const IDLE_CONNECTIONS = 500
const STREAMS = 300
/** Before memory is compared: what the first stream of a process loads, such as Prisma, is not of each stream. */
const FIRST_STREAMS = 20
const SETTLE_MS = 2_000

export async function benchOverload(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '8' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const seconds = Number(values.seconds)
  if (!(seconds >= 1)) {
    console.error('--seconds must be at least 1.')
    return 1
  }
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const figures = await measureOverload({ seconds, lines })
  return printRows(judged(figures), { lines, isJson: values.json, more: { seconds, figures } })
}

/** Also used by the fault tests, with fewer seconds. */
export async function measureOverload({
  seconds,
  lines,
}: {
  readonly seconds: number
  readonly lines: Lines
}): Promise<OverloadFigures> {
  await using product = await startThrowawayProduct({
    RATE_LIMIT_ENABLED: 'false',
    OPEN_ACTIONS: 'true',
    DEFAULT_CLASSIFIER: 'shapes',
  })
  using sender = createSender(`${product.url}/api/predict`)
  lines.passing('warming up')
  await sender.fire({ connections: 50, seconds: WARM_UP_SECONDS })
  await sender.fire({ perSecond: FIRST_OVERLOAD_PER_SECOND, seconds: FIRST_OVERLOAD_SECONDS })
  await pause(SETTLE_MS)
  lines.passing('single predictions, alone')
  const alone = await sender.fire({ connections: SINGLES, seconds })
  const idle = await withIdleConnections(product, () => sender.fire({ connections: SINGLES, seconds }), lines)
  const streams = await withStreams(product, () => sender.fire({ connections: SINGLES, seconds }), lines)
  lines.passing(`at capacity, ${SATURATING} at a time`)
  const full = accepted(await sender.fire({ connections: SATURATING, seconds }))
  const capacity = {
    perSecond: Math.round(full.length / seconds),
    p50Ms: tenth(quantile(full, 0.5)),
    p99Ms: tenth(quantile(full, 0.99)),
  }
  lines.passing(`at ${TIMES_CAPACITY} times capacity`)
  const overload = await overloaded(sender, capacity, seconds)
  await pause(SETTLE_MS)
  const batches = await withBatches(product, sender, { seconds, alone, lines })
  const p50BeforeMs = tenth(quantile(accepted(alone), 0.5))
  return { capacity, overload, batches, idle: { ...idle, p50BeforeMs }, streams: { ...streams, p50BeforeMs } }
}

async function overloaded(
  sender: ReturnType<typeof createSender>,
  capacity: OverloadFigures['capacity'],
  seconds: number,
): Promise<OverloadFigures['overload']> {
  const offeredPerSecond = capacity.perSecond * TIMES_CAPACITY
  const answers = await sender.fire({ perSecond: offeredPerSecond, seconds })
  const endedAt = performance.now()
  const times = accepted(answers)
  const refusals = answers.filter(({ status }) => status === 503)
  const refusalTimes = refusals.map(({ ms }) => ms)
  const acceptedP99Ms = tenth(quantile(times, 0.99))
  return {
    offeredPerSecond,
    acceptedPerSecond: Math.round(times.length / seconds),
    acceptedP99Ms,
    p99Ratio: tenth(acceptedP99Ms / capacity.p99Ms),
    refused: refusals.length,
    refusalP50Ms: tenth(quantile(refusalTimes, 0.5)),
    refusalP99Ms: tenth(quantile(refusalTimes, 0.99)),
    withRetryAfter: refusals.filter(({ retryAfter }) => retryAfter !== undefined).length,
    otherFailures: answers.length - times.length - refusals.length,
    recoveryMs: await recovery(sender, capacity.p50Ms, endedAt),
  }
}

/** From the end of the load to the last probe that was refused, or slower than half of all at capacity. */
async function recovery(
  { one }: ReturnType<typeof createSender>,
  slowMs: number,
  endedAt: number,
): Promise<number> {
  let lastBad = endedAt
  for (let good = 0; good < 10 && performance.now() - endedAt < LONGEST_RECOVERY_MS;) {
    const answer = await one()
    const isGood = answer.status === 200 && answer.ms <= slowMs
    good = isGood ? good + 1 : 0
    if (!isGood) lastBad = answer.endedAt
    await pause(PROBE_EVERY_MS)
  }
  return Math.round(lastBad - endedAt)
}

async function withBatches(
  { url }: ThrowawayProduct,
  sender: ReturnType<typeof createSender>,
  { seconds, alone, lines }: { seconds: number; alone: readonly SentAnswer[]; lines: Lines },
): Promise<OverloadFigures['batches']> {
  lines.passing(`single predictions with ${BATCH_CLIENTS} clients with batches of ${IMAGES_IN_BATCH}`)
  // created beforehand: the load generator measures on the thread that would create them
  const bodies = await Promise.all(
    Array.from({ length: BATCH_CLIENTS }, (_, client) => batchBody(IMAGES_IN_BATCH, client * 1_000)),
  )
  let isOver = false
  let images = 0
  const batches = Array.from({ length: BATCH_CLIENTS }, async (_, client) => {
    while (!isOver) {
      const answer = await fetch(`${url}/api/predict/batch`, { method: 'POST', ...bodies[client]! })
      await answer.arrayBuffer()
      if (answer.ok) images += IMAGES_IN_BATCH
    }
  })
  await pause(500)
  const loaded = await sender.fire({ connections: SINGLES, seconds })
  isOver = true
  const took = seconds + 0.5
  await Promise.all(batches)
  return {
    singleP99AloneMs: tenth(quantile(accepted(alone), 0.99)),
    singleP99WithMs: tenth(quantile(accepted(loaded), 0.99)),
    singleP50WithMs: tenth(quantile(accepted(loaded), 0.5)),
    batchImagesPerSecond: Math.round(images / took),
    singleFailures: loaded.filter(({ status }) => status !== 200).length,
  }
}

async function withIdleConnections(
  { url }: ThrowawayProduct,
  fire: () => Promise<readonly SentAnswer[]>,
  lines: Lines,
) {
  lines.passing(`single predictions with ${IDLE_CONNECTIONS} idle connections`)
  const { hostname, port } = new URL(url)
  const sockets = await Promise.all(
    Array.from(
      { length: IDLE_CONNECTIONS },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(Number(port), hostname, () => resolve(socket))
          socket.once('error', reject)
        }),
    ),
  )
  try {
    return { connections: sockets.length, p50WithMs: tenth(quantile(accepted(await fire()), 0.5)) }
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

async function withStreams(
  product: ThrowawayProduct,
  fire: () => Promise<readonly SentAnswer[]>,
  lines: Lines,
) {
  lines.passing(`single predictions with ${STREAMS} event streams`)
  const look = watchMachine({ dataDir: product.dataDir, rootPid: product.pid, now: () => performance.now() })
  const webMb = async () =>
    (await look()).processes
      .filter(({ name }) => name === 'predict')
      .reduce((sum, { memoryMb }) => sum + memoryMb, 0)
  const data = await openData({
    databaseFile: path.join(product.dataDir, 'darkroom.db'),
    dataDir: product.dataDir,
    modelsDir: path.join(product.dataDir, 'none'),
    clock: wallClock,
  })
  try {
    const runId = await waitingRun(data)
    const url = `${product.url}/api/runs/${runId}/events`
    const first = openStreams(url, FIRST_STREAMS)
    await pause(SETTLE_MS)
    first.close()
    await pause(2 * SETTLE_MS)
    const webMbBefore = await webMb()
    const streams = openStreams(url, STREAMS)
    await pause(SETTLE_MS)
    const webMbWith = await webMb() // before predictions are sent, which take memory of their own
    const loaded = await fire()
    const opened = streams.count()
    streams.close()
    await pause(2 * SETTLE_MS)
    return {
      streams: STREAMS,
      open: opened,
      p50WithMs: tenth(quantile(accepted(loaded), 0.5)),
      kilobytesEach: Math.max(0, Math.round(((webMbWith - webMbBefore) * 1024) / STREAMS)),
      webMbBefore,
      webMbWith,
      webMbAfter: await webMb(),
    }
  } finally {
    await data.close()
  }
}

function openStreams(url: string, number: number) {
  let open = 0
  const streams = Array.from({ length: number }, () =>
    get(url, (response) => {
      open += 1
      response.resume()
      response.on('error', () => {})
    }).on('error', () => {}),
  )
  return {
    count: () => open,
    close: () => {
      for (const stream of streams) stream.destroy()
    },
  }
}

/**
 * A training run that waits forever: its job is cancelled directly in the database, so that the streams
 * stay open and nothing else is measured.
 */
async function waitingRun(data: Data): Promise<string> {
  const { id: classifierId } = await data.classifiers.chosen('shapes')
  const run = await data.runs.plan({
    classifierId,
    entries: [],
    recipe: 'none',
    baseVersionId: null,
    epochs: 1,
    message: 'It waits.',
    seed: 1,
    plan: null,
    unseen: 0,
  })
  if (run.jobId !== null) await data.jobs.requestCancel(run.jobId, Date.now())
  for (let i = 0; i < 300; i++) await data.runs.report(run.id, { kind: 'log', message: `line ${i}` })
  return run.id
}

const accepted = (answers: readonly SentAnswer[]): number[] =>
  answers.filter(({ status }) => status === 200).map(({ ms }) => ms)
const tenth = (value: number): number => Math.round(value * 10) / 10
