'use client'
/** The images of a list by their position: loaded page by page, as the grid asks for them. What was loaded stays until
 *  the list is read again. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../../../_components/request-error.ts'
import { IMAGES_AT_ONCE, type ImageList } from '../filters.ts'
import type { PositionRange } from './grid-layout.ts'

/** While scrolling fast, pages that were passed are not loaded. */
const SETTLE_MS = 60

export type InitialSamples = { readonly samples: readonly SampleAnswer[]; readonly total: number }
export type SamplePages = {
  readonly total: number
  readonly failure: Failure | null
  readonly at: (position: number) => SampleAnswer | undefined
  /** Loads what is missing in the range that is in view. */
  readonly show: (range: PositionRange) => void
  /** Ids of a range, loaded where necessary. */
  readonly idsIn: (range: PositionRange) => Promise<readonly string[]>
  /** Reads the list again: it was changed. */
  readonly reload: () => Promise<void>
}

export function useSamplePages(classifier: string, list: ImageList, initial: InitialSamples): SamplePages {
  const [pages, setPages] = useState<ReadonlyMap<number, readonly SampleAnswer[]>>(
    () => new Map([[0, initial.samples]]),
  )
  const [total, setTotal] = useState(initial.total)
  const [failure, setFailure] = useState<Failure | null>(null)
  const known = useRef(pages)
  const loading = useRef(new Map<number, Promise<readonly SampleAnswer[]>>())
  const inView = useRef<PositionRange>({ first: 0, end: IMAGES_AT_ONCE })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const keep = useCallback((next: ReadonlyMap<number, readonly SampleAnswer[]>) => {
    known.current = next
    setPages(next)
  }, [])

  const read = useCallback(
    async (page: number): Promise<readonly SampleAnswer[]> => {
      const { filters, sort } = list
      const answer = await call('GET /api/samples', {
        classifier,
        ...filters,
        sort,
        offset: page * IMAGES_AT_ONCE,
        limit: IMAGES_AT_ONCE,
      })
      setTotal(answer.total)
      setFailure(null)
      return answer.samples
    },
    [classifier, list],
  )

  const load = useCallback(
    (page: number): Promise<readonly SampleAnswer[]> => {
      const there = known.current.get(page)
      if (there) return Promise.resolve(there)
      const running = loading.current.get(page)
      if (running) return running
      const started = read(page)
        .then((samples) => {
          keep(new Map(known.current).set(page, samples))
          return samples
        })
        .finally(() => loading.current.delete(page))
      loading.current.set(page, started)
      return started
    },
    [keep, read],
  )

  const show = useCallback(
    (range: PositionRange) => {
      inView.current = range
      clearTimeout(timer.current)
      timer.current = setTimeout(() => {
        for (const page of pagesOf(range)) load(page).catch((error: unknown) => setFailure(failureOf(error)))
      }, SETTLE_MS)
    },
    [load],
  )
  useEffect(() => () => clearTimeout(timer.current), [])

  const idsIn = useCallback(
    async (range: PositionRange): Promise<readonly string[]> => {
      const ids: string[] = []
      for (const page of pagesOf(range))
        for (const [i, { id }] of (await load(page)).entries()) {
          const position = page * IMAGES_AT_ONCE + i
          if (position >= range.first && position < range.end) ids.push(id)
        }
      return ids
    },
    [load],
  )

  const reload = useCallback(async () => {
    loading.current.clear()
    const { first, end } = inView.current
    try {
      const fresh = await Promise.all(
        pagesOf({ first, end: Math.max(end, first + 1) }).map(
          async (page) => [page, await read(page)] as const,
        ),
      )
      keep(new Map(fresh))
    } catch (error) {
      setFailure(failureOf(error))
    }
  }, [keep, read])

  return useMemo(
    () => ({
      total,
      failure,
      at: (position: number) => pages.get(Math.floor(position / IMAGES_AT_ONCE))?.[position % IMAGES_AT_ONCE],
      show,
      idsIn,
      reload,
    }),
    [total, failure, pages, show, idsIn, reload],
  )
}

function pagesOf({ first, end }: PositionRange): readonly number[] {
  const from = Math.floor(first / IMAGES_AT_ONCE)
  return Array.from({ length: Math.max(0, Math.ceil(end / IMAGES_AT_ONCE) - from) }, (_, i) => from + i)
}
