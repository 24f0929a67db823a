/**
 * GET /api/metrics: the figures of the machine and the traffic of all processes that answer requests, in the
 * format of the contract.
 */
import type { Output } from '#lib/contracts/contract.ts'
import type { WebFigures } from '#lib/contracts/ipc.ts'
import type { metrics, metricsHistory } from '#lib/contracts/operations.ts'
import type { Data } from '#lib/data/data.ts'
import type { MachineFigures, ProcessFigures } from './machine.ts'
import { measureRates, percentile, sumOf } from './traffic.ts'
import { uptimeWords } from './uptime.ts'

type MetricsAnswer = Output<typeof metrics>
type HistoryAnswer = Output<typeof metricsHistory>

/** The interval of the history, which covers a quarter of an hour: 180 points of some 400 bytes. */
const HISTORY_SECONDS = 5
const HISTORY_POINTS = (15 * 60) / HISTORY_SECONDS

export type MetricsParts = {
  readonly machine: () => Promise<MachineFigures>
  /** Of all processes that answer requests, this one included. */
  readonly webs: () => readonly WebFigures[]
  /** All that share the data, this one included, as they last reported. */
  readonly hosts: () => Awaited<ReturnType<Data['hosts']['list']>>
  readonly startedAt: Date
  readonly now: () => Date
}

export type MetricCases = {
  readonly metrics: () => Promise<MetricsAnswer>
  readonly metricsHistory: () => Promise<HistoryAnswer>
}

export type Metrics = {
  readonly cases: MetricCases
  /** To be called every second, so that rates can be computed; records a point periodically. */
  readonly tick: () => Promise<void>
}

export function createMetrics({ machine, webs, hosts, startedAt, now }: MetricsParts): Metrics {
  const rates = measureRates()
  const points: HistoryAnswer['points'] = []
  let ticks = 0

  async function tick(): Promise<void> {
    rates(sumOf(webs()), now().getTime())
    ticks += 1
    if (ticks % HISTORY_SECONDS !== 0) return
    const { processes: _processes, hosts: _hosts, ...point } = await answer()
    points.push(point)
    if (points.length > HISTORY_POINTS) points.shift()
  }

  async function answer(): Promise<MetricsAnswer> {
    const at = now()
    const figures = await machine()
    const sums = sumOf(webs())
    const { requestsPerSecond, predictionsPerSecond } = rates(sums, at.getTime())
    const latencies = webs()
      .flatMap((web) => web.latenciesMs)
      .sort((a, b) => a - b)
    const uptimeSeconds = (at.getTime() - startedAt.getTime()) / 1000
    return {
      cpu_percent: figures.cpuPercent,
      memory_percent: figures.memoryPercent,
      disk_percent: figures.diskPercent,
      uptime: uptimeWords(uptimeSeconds),
      uptime_seconds: Math.round(uptimeSeconds),
      cores: figures.cores,
      memory_total_mb: figures.memoryTotalMb,
      processes: figures.processes.map(processAnswer),
      hosts: hosts().map(({ id, name, role, version, isLive, startedAt: since, lastSeen, processes }) => ({
        id,
        name,
        role,
        version,
        is_live: isLive,
        started_at: since.toISOString(),
        last_seen: lastSeen.toISOString(),
        processes: processes.map(processAnswer),
      })),
      requests: { total: sums.requests, errors: sums.errors, per_second: requestsPerSecond },
      predictions: {
        total: sums.predictions,
        per_second: predictionsPerSecond,
        latency_ms:
          latencies.length === 0
            ? null
            : {
                p50: percentile(latencies, 0.5),
                p95: percentile(latencies, 0.95),
                p99: percentile(latencies, 0.99),
              },
        queue: sums.queue,
        cache: { hits: sums.cacheHits, misses: sums.cacheMisses },
        mean_batch: sums.batches === 0 ? null : Math.round((100 * sums.batched) / sums.batches) / 100,
      },
      timestamp: at.toISOString(),
    }
  }
  return {
    cases: {
      metrics: answer,
      metricsHistory: async () => ({ every_seconds: HISTORY_SECONDS, points: [...points] }),
    },
    tick,
  }
}

const processAnswer = ({ name, pid, memoryMb, cpuPercent }: ProcessFigures) => ({
  name,
  pid,
  memory_mb: memoryMb,
  cpu_percent: cpuPercent,
})
