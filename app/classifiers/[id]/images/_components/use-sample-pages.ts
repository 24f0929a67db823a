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
import { shownSamples, type PendingEdit, type SampleList, type ShownSamples } from './sample-list.ts'

/** While scrolling fast, pages that were passed are not loaded. */
const SETTLE_MS = 60

export type InitialSamples = { readonly samples: readonly SampleAnswer[]; readonly total: number }
export type SamplePages = Omit<ShownSamples, 'onServer'> & {
  readonly failure: Failure | null
  /** Loads what is missing in the range that is in view. */
  readonly show: (range: PositionRange) => void
  /** Ids of a range, loaded where necessary. */
  readonly idsIn: (range: PositionRange) => Promise<readonly string[]>
  /** Shows a change before the server has stored it. */
  readonly expect: (change: PendingEdit) => void
  /** Shows the images without this change: it failed. */
  readonly withdraw: (change: PendingEdit) => void
  /** Reads the list again. These changes are in it. */
  readonly reload: (stored?: readonly PendingEdit[]) => Promise<void>
}

export function useSamplePages(
  classifier: string,
  { filters, sort }: ImageList,
  initial: InitialSamples,
): SamplePages {
  const [samples, setSamples] = useState<SampleList>(() => ({
    total: initial.total,
    pages: new Map([[0, initial.samples]]),
    pending: [],
  }))
  const [failure, setFailure] = useState<Failure | null>(null)
  const shown = useMemo(() => shownSamples(samples, filters), [samples, filters])
  const known = useRef(samples)
  const loading = useRef(new Map<number, Promise<readonly SampleAnswer[]>>())
  const inView = useRef<PositionRange>({ first: 0, end: IMAGES_AT_ONCE })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  /** Changes that the next list shows, also where reading it failed once. */
  const stored = useRef<readonly PendingEdit[]>([])

  const keep = useCallback((change: Partial<SampleList>) => {
    known.current = { ...known.current, ...change }
    setSamples(known.current)
  }, [])

  const read = useCallback(
    (page: number) =>
      call('GET /api/samples', {
        classifier,
        ...filters,
        sort,
        offset: page * IMAGES_AT_ONCE,
        limit: IMAGES_AT_ONCE,
      }),
    [classifier, filters, sort],
  )

  const load = useCallback(
    (page: number): Promise<readonly SampleAnswer[]> => {
      const there = known.current.pages.get(page)
      if (there) return Promise.resolve(there)
      const running = loading.current.get(page)
      if (running) return running
      const started = read(page)
        .then((answer) => {
          // not where the list was read again meanwhile: its positions may be others
          if (loading.current.get(page) === started) {
            keep({ total: answer.total, pages: new Map(known.current.pages).set(page, answer.samples) })
            setFailure(null)
          }
          return answer.samples
        })
        .finally(() => {
          if (loading.current.get(page) === started) loading.current.delete(page)
        })
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
        for (const page of pagesOf(shownSamples(known.current, filters).onServer(range)))
          load(page).catch((error: unknown) => setFailure(failureOf(error)))
      }, SETTLE_MS)
    },
    [filters, load],
  )
  useEffect(() => () => clearTimeout(timer.current), [])

  const idsIn = useCallback(
    async (range: PositionRange): Promise<readonly string[]> => {
      const { onServer, isHidden } = shownSamples(known.current, filters)
      const { first, end } = onServer(range)
      const ids: string[] = []
      for (const page of pagesOf({ first, end }))
        for (const [i, { id }] of (await load(page)).entries()) {
          const position = page * IMAGES_AT_ONCE + i
          if (position >= first && position < end && !isHidden(id)) ids.push(id)
        }
      return ids
    },
    [filters, load],
  )

  const expect = useCallback(
    (change: PendingEdit) => keep({ pending: [...known.current.pending, change] }),
    [keep],
  )
  const withdraw = useCallback(
    (change: PendingEdit) => keep({ pending: known.current.pending.filter((one) => one !== change) }),
    [keep],
  )

  const reload = useCallback(
    async (changes: readonly PendingEdit[] = []) => {
      stored.current = [...stored.current, ...changes]
      const inList = new Set(stored.current)
      loading.current.clear()
      const { first, end } = inView.current
      try {
        const fresh = await Promise.all(
          pagesOf({ first, end: Math.max(end, first + 1) }).map(
            async (page) => [page, await read(page)] as const,
          ),
        )
        loading.current.clear()
        keep({
          total: fresh[0]![1].total,
          pages: new Map(fresh.map(([page, answer]) => [page, answer.samples])),
          pending: known.current.pending.filter((one) => !inList.has(one)),
        })
        stored.current = stored.current.filter((one) => !inList.has(one))
        setFailure(null)
      } catch (error) {
        setFailure(failureOf(error))
      }
    },
    [keep, read],
  )

  return useMemo(
    () => ({ ...shown, failure, show, idsIn, expect, withdraw, reload }),
    [shown, failure, show, idsIn, expect, withdraw, reload],
  )
}

function pagesOf({ first, end }: PositionRange): readonly number[] {
  const from = Math.floor(first / IMAGES_AT_ONCE)
  return Array.from({ length: Math.max(0, Math.ceil(end / IMAGES_AT_ONCE) - from) }, (_, i) => from + i)
}
