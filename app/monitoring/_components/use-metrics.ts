'use client'
/** Polls the metrics of the running product while the page is visible, and keeps those of the last 15
 *  minutes. */
import { useEffect, useState } from 'react'
import { call, ProblemError } from '#lib/contracts/client.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../_components/request-error.ts'

export type CurrentMetrics = Output<Routes['GET /api/metrics']>
/** The metrics that are stored over time. */
export type MetricsSample = Omit<CurrentMetrics, 'processes' | 'hosts'>
export type HealthReport = Output<Routes['GET /api/health']>
export type TrainingStatus = Output<Routes['GET /api/retrain/status']>
export type MonitorState = {
  /** Oldest first, the newest last; never empty. */
  readonly samples: readonly MetricsSample[]
  readonly processes: CurrentMetrics['processes']
  readonly hosts: CurrentMetrics['hosts']
  readonly health: HealthReport | null
  readonly retrain: TrainingStatus
  readonly failure: Failure | null
}

const POLL_MS = 2_000
const WINDOW_MS = 15 * 60_000
/** Health and training change more slowly than traffic: they are polled every fifth time. */
const SLOW_EVERY = 5

export function useMetrics(first: MonitorState, isPaused: boolean): MonitorState {
  const [state, setState] = useState(first)

  useEffect(() => {
    if (isPaused) return
    const abort = new AbortController()
    let turn = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const poll = async () => {
      clearTimeout(timer)
      try {
        const { processes, hosts, ...figures } = await call('GET /api/metrics', {}, abort.signal)
        const slow =
          turn % SLOW_EVERY === 0
            ? {
                health: await healthOf(abort.signal),
                retrain: await call('GET /api/retrain/status', {}, abort.signal),
              }
            : {}
        turn += 1
        setState((before) => ({
          ...before,
          ...slow,
          processes,
          hosts,
          samples: withNewest(before.samples, figures),
          failure: null,
        }))
      } catch (error) {
        if (abort.signal.aborted) return
        setState((before) => ({ ...before, failure: failureOf(error) }))
      }
      if (!document.hidden) timer = setTimeout(() => void poll(), POLL_MS)
    }
    /** Polling pauses while the page is hidden, and continues at once when it is visible again. */
    const onVisibilityChange = () => (document.hidden ? clearTimeout(timer) : void poll())

    timer = setTimeout(() => void poll(), POLL_MS)
    document.addEventListener('visibilitychange', onVisibilityChange)
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisibilityChange)
    }
  }, [isPaused])

  return state
}

/** If the product is not ready, the error response contains its health. */
async function healthOf(signal: AbortSignal): Promise<HealthReport | null> {
  try {
    return await call('GET /api/health', {}, signal)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not_ready')
      return (error.problem['health'] as HealthReport | undefined) ?? null
    throw error
  }
}

function withNewest(before: readonly MetricsSample[], newest: MetricsSample): readonly MetricsSample[] {
  const oldest = Date.parse(newest.timestamp) - WINDOW_MS
  return [
    ...before.filter(({ timestamp }) => Date.parse(timestamp) >= oldest && timestamp < newest.timestamp),
    newest,
  ]
}
