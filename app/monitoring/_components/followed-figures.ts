'use client'
/** The figures of the running product, asked for again and again while the page is seen, and kept for a
 *  quarter of an hour. */
import { useEffect, useState } from 'react'
import { call, ProblemError } from '#lib/contracts/client.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../_components/failure.ts'

export type Figures = Output<Routes['GET /api/metrics']>
/** What is kept of a moment. */
export type FiguresThen = Omit<Figures, 'processes'>
export type HealthFigures = Output<Routes['GET /api/health']>
export type RetrainFigures = Output<Routes['GET /api/retrain/status']>
export type FollowedFigures = {
  /** Oldest first, the newest last; never empty. */
  readonly figures: readonly FiguresThen[]
  readonly processes: Figures['processes']
  readonly health: HealthFigures | null
  readonly retrain: RetrainFigures
  readonly failure: Failure | null
}

const EVERY_MS = 2_000
const KEPT_MS = 15 * 60_000
/** Health and trainings change more slowly than traffic. */
const SLOW_EVERY = 5

export function useFollowedFigures(first: FollowedFigures, isPaused: boolean): FollowedFigures {
  const [followed, setFollowed] = useState(first)

  useEffect(() => {
    if (isPaused) return
    const gone = new AbortController()
    let turn = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const ask = async () => {
      clearTimeout(timer)
      try {
        const { processes, ...figures } = await call('GET /api/metrics', {}, gone.signal)
        const slow =
          turn % SLOW_EVERY === 0
            ? {
                health: await healthOf(gone.signal),
                retrain: await call('GET /api/retrain/status', {}, gone.signal),
              }
            : {}
        turn += 1
        setFollowed((before) => ({
          ...before,
          ...slow,
          processes,
          figures: withNewest(before.figures, figures),
          failure: null,
        }))
      } catch (error) {
        if (gone.signal.aborted) return
        setFollowed((before) => ({ ...before, failure: failureOf(error) }))
      }
      if (!document.hidden) timer = setTimeout(() => void ask(), EVERY_MS)
    }
    /** Nobody looks: nothing is asked. Seen again: at once. */
    const seen = () => (document.hidden ? clearTimeout(timer) : void ask())

    timer = setTimeout(() => void ask(), EVERY_MS)
    document.addEventListener('visibilitychange', seen)
    return () => {
      gone.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [isPaused])

  return followed
}

/** Not ready is an answer too: its problem holds the health. */
async function healthOf(signal: AbortSignal): Promise<HealthFigures | null> {
  try {
    return await call('GET /api/health', {}, signal)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not_ready')
      return (error.problem['health'] as HealthFigures | undefined) ?? null
    throw error
  }
}

function withNewest(before: readonly FiguresThen[], newest: FiguresThen): readonly FiguresThen[] {
  const oldest = Date.parse(newest.timestamp) - KEPT_MS
  return [
    ...before.filter(({ timestamp }) => Date.parse(timestamp) >= oldest && timestamp < newest.timestamp),
    newest,
  ]
}
