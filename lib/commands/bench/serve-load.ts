/** Loads a running server at several numbers of connections: rates, times, failures, CPU by process and memory. */
import { setTimeout as pause } from 'node:timers/promises'
import { metrics } from '#lib/contracts/operations.ts'
import type { Lines } from '../terminal/progress-line.ts'
import { createSender, quantile } from './load-generator.ts'
import { familyCpu, familyMemoryMb } from './process-figures.ts'

const WARM_UP_SECONDS = 2
const WARM_UP_CONNECTIONS = 50
/** Requests that a load has left behind are answered before the next begins. */
const SETTLE_MS = 500
/** The product renews these figures once a second. */
const METRICS_MS = 1_500

export type MeasuredServer = {
  readonly pid: number
  readonly url: string
  /** Where the product states its predictions and batches; null for another server. */
  readonly metricsUrl: string | null
}
export type LoadFigures = {
  readonly connections: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
  readonly meanBatch: number | null
  /** Milliseconds per request, by the program of the process. */
  readonly cpuMs: Readonly<Record<string, number>>
  readonly memoryMb: number
}

export async function measureLoad(
  server: MeasuredServer,
  { connections, seconds }: { readonly connections: readonly number[]; readonly seconds: number },
  lines: Lines,
): Promise<readonly LoadFigures[]> {
  using sender = createSender(server.url, true)
  lines.passing('warming up')
  await sender.fire({ connections: WARM_UP_CONNECTIONS, seconds: WARM_UP_SECONDS })
  const measured: LoadFigures[] = []
  for (const count of connections) {
    await pause(SETTLE_MS)
    lines.passing(`${count} connections for ${seconds} s: ${server.url}`)
    const batchesBefore = await batchesOf(server)
    const before = familyCpu(server.pid)
    const answers = await sender.fire({ connections: count, seconds })
    const after = familyCpu(server.pid)
    const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms)
    measured.push({
      connections: count,
      requestsPerSecond: Math.round(times.length / seconds),
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      failures: answers.length - times.length,
      meanBatch: meanBatch(batchesBefore, await batchesOf(server)),
      cpuMs: Object.fromEntries(
        Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / answers.length]),
      ),
      memoryMb: familyMemoryMb(server.pid),
    })
  }
  return measured
}

type BatchCounts = { readonly predictions: number; readonly batches: number }

/** From the total of predictions and their mean batch. */
async function batchesOf({ metricsUrl }: MeasuredServer): Promise<BatchCounts | null> {
  if (metricsUrl === null) return null
  await pause(METRICS_MS)
  const { total, mean_batch: mean } = metrics.output.parse(await (await fetch(metricsUrl)).json()).predictions
  return { predictions: total, batches: mean === null ? 0 : total / mean }
}

const meanBatch = (before: BatchCounts | null, after: BatchCounts | null): number | null =>
  before && after && after.batches > before.batches
    ? (after.predictions - before.predictions) / (after.batches - before.batches)
    : null
