/** The counters of one process that answers requests, and the sum over all of them. It draws no conclusions. */
import type { WebFigures } from '#lib/contracts/ipc.ts'

/** Latencies stored per process: enough for a 99th percentile of recent traffic. */
const LATENCY_COUNT = 1_000
/** Rates are over this many seconds. */
const RATE_SECONDS = 10

export type ServingFigures = {
  readonly waiting: number
  readonly batches: number
  readonly items: number
  /** Predictions that were found in the cache, and those that were not; 0 without a cache. */
  readonly cacheHits: number
  readonly cacheMisses: number
}

export type Traffic = {
  readonly request: (status: number) => void
  readonly predicted: (totalMs: number) => void
  readonly figures: (serving: ServingFigures) => WebFigures
}

export function countTraffic(): Traffic {
  let requests = 0
  let errors = 0
  let predictions = 0
  const latencies: number[] = []
  return {
    request: (status) => {
      requests += 1
      if (status >= 500) errors += 1
    },
    predicted: (totalMs) => {
      latencies[predictions % LATENCY_COUNT] = Math.round(totalMs * 100) / 100
      predictions += 1
    },
    figures: ({ waiting, batches, items, cacheHits, cacheMisses }) => ({
      pid: process.pid,
      requests,
      errors,
      predictions,
      queue: waiting,
      batches,
      batched: items,
      cacheHits,
      cacheMisses,
      latenciesMs: [...latencies],
      memoryMb: Math.round(process.memoryUsage.rss() / 1024 ** 2),
    }),
  }
}

export type Sums = Pick<
  WebFigures,
  'requests' | 'errors' | 'predictions' | 'queue' | 'batches' | 'batched' | 'cacheHits' | 'cacheMisses'
>

const NOTHING: Sums = {
  requests: 0,
  errors: 0,
  predictions: 0,
  queue: 0,
  batches: 0,
  batched: 0,
  cacheHits: 0,
  cacheMisses: 0,
}

export const sumOf = (webs: readonly WebFigures[]): Sums =>
  webs.reduce<Sums>(
    (sum, web) => ({
      requests: sum.requests + web.requests,
      errors: sum.errors + web.errors,
      predictions: sum.predictions + web.predictions,
      queue: sum.queue + web.queue,
      batches: sum.batches + web.batches,
      batched: sum.batched + web.batched,
      cacheHits: sum.cacheHits + web.cacheHits,
      cacheMisses: sum.cacheMisses + web.cacheMisses,
    }),
    NOTHING,
  )

export type Rates = { readonly requestsPerSecond: number; readonly predictionsPerSecond: number }

/** To be called with the sums about every second; returns the rates over the last ten. */
export function measureRates(): (sums: Sums, nowMs: number) => Rates {
  let samples: { at: number; sums: Sums }[] = []
  return (sums, at) => {
    samples = [...samples.filter((one) => at - one.at <= RATE_SECONDS * 1000), { at, sums }]
    const first = samples[0]!
    const seconds = (at - first.at) / 1000
    const rate = (now: number, then: number) =>
      seconds <= 0 ? 0 : Math.round((10 * Math.max(0, now - then)) / seconds) / 10
    return {
      requestsPerSecond: rate(sums.requests, first.sums.requests),
      predictionsPerSecond: rate(sums.predictions, first.sums.predictions),
    }
  }
}

/** The value that the given share of a list does not exceed: nearest rank. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}
