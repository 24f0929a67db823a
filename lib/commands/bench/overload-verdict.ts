/** The figures of `npm run bench -- overload` next to their targets. It measures nothing. */
import type { FigureRow } from './figure-rows.ts'

export type OverloadFigures = {
  readonly capacity: { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number }
  readonly overload: {
    readonly offeredPerSecond: number
    readonly acceptedPerSecond: number
    readonly acceptedP99Ms: number
    readonly p99Ratio: number
    readonly refused: number
    readonly refusalP50Ms: number
    readonly refusalP99Ms: number
    readonly withRetryAfter: number
    readonly otherFailures: number
    readonly recoveryMs: number
  }
  readonly batches: {
    readonly singleP99AloneMs: number
    readonly singleP99WithMs: number
    readonly singleP50WithMs: number
    readonly batchImagesPerSecond: number
    readonly singleFailures: number
  }
  readonly idle: { readonly connections: number; readonly p50BeforeMs: number; readonly p50WithMs: number }
  readonly streams: {
    readonly streams: number
    readonly open: number
    readonly p50BeforeMs: number
    readonly p50WithMs: number
    readonly kilobytesEach: number
    readonly webMbBefore: number
    readonly webMbWith: number
    readonly webMbAfter: number
  }
}

export function judged({
  capacity,
  overload,
  batches,
  idle,
  streams,
}: OverloadFigures): readonly FigureRow[] {
  return [
    {
      what: `capacity, ${SATURATING} at a time`,
      figure: `${capacity.perSecond}/s, p50 ${capacity.p50Ms} ms, p99 ${capacity.p99Ms} ms`,
      wanted: '',
      isMet: capacity.perSecond > 0,
    },
    {
      what: `accepted at ${TIMES_CAPACITY} × capacity (${overload.offeredPerSecond}/s)`,
      figure: `${overload.acceptedPerSecond}/s, p99 ${overload.acceptedP99Ms} ms, × ${overload.p99Ratio}`,
      wanted: 'p99 ≤ × 2',
      isMet: overload.p99Ratio <= 2,
    },
    {
      what: `refused with 503 (${overload.refused}), p50`,
      figure: `${overload.refusalP50Ms} ms`,
      wanted: '≤ 20 ms',
      isMet: overload.refused > 0 && overload.refusalP50Ms <= 20,
    },
    {
      what: 'refused, p99',
      figure: `${overload.refusalP99Ms} ms`,
      wanted: '≤ 150 ms',
      isMet: overload.refusalP99Ms <= 150,
    },
    {
      what: 'refused without Retry-After, other failures',
      figure: `${overload.refused - overload.withRetryAfter}, ${overload.otherFailures}`,
      wanted: '0, 0',
      isMet: overload.refused === overload.withRetryAfter && overload.otherFailures === 0,
    },
    {
      what: 'recovery after the load',
      figure: `${overload.recoveryMs} ms`,
      wanted: '≤ 1,000 ms',
      isMet: overload.recoveryMs <= 1_000,
    },
    {
      what: `single predictions with batches (${batches.batchImagesPerSecond} images/s), p99`,
      figure:
        `${batches.singleP99WithMs} ms (alone ${batches.singleP99AloneMs}), p50 ` +
        `${batches.singleP50WithMs} ms, ${batches.singleFailures} failed`,
      wanted: `≤ ${capacity.p99Ms} ms, 0 failed`,
      isMet: batches.singleP99WithMs <= capacity.p99Ms && batches.singleFailures === 0,
    },
    {
      what: `${idle.connections} idle connections, p50`,
      figure: `${idle.p50BeforeMs} → ${idle.p50WithMs} ms`,
      wanted: '≤ × 1.5',
      isMet: idle.p50WithMs <= 1.5 * idle.p50BeforeMs,
    },
    {
      what: `${streams.open} event streams, p50`,
      figure: `${streams.p50BeforeMs} → ${streams.p50WithMs} ms`,
      wanted: '≤ × 1.5',
      isMet: streams.open === streams.streams && streams.p50WithMs <= 1.5 * streams.p50BeforeMs,
    },
    {
      what: 'event streams, memory',
      figure:
        `${streams.kilobytesEach} kB each; web ${streams.webMbBefore} → ${streams.webMbWith} → ` +
        `${streams.webMbAfter} MB`,
      wanted: '≤ 100 kB',
      isMet: streams.kilobytesEach <= 100,
    },
  ]
}

/** With this many in flight, a machine of a few cores reaches its maximum throughput. */
export const SATURATING = 100
export const TIMES_CAPACITY = 3
