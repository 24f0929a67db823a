'use client'
/** Changes of images, each with its undo: the last one first. */
import { useCallback, useRef, useState } from 'react'
import { call, ProblemError } from '#lib/contracts/client.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../../../_components/request-error.ts'
import type { ChangeTarget, Edit } from './sample-edit.ts'
import type { PendingEdit } from './sample-list.ts'
import { changeText } from './sample-text.ts'
import type { SamplePages } from './use-sample-pages.ts'

/** Of the last change, shown with its undo. */
export type ChangeNotice = { readonly text: string; readonly changeId: string | null }
export type ImageEdits = {
  readonly isBusy: boolean
  readonly notice: ChangeNotice | null
  readonly failure: Failure | null
  /** An undo that later changes prevent in part: the others can still be undone. */
  readonly blockedUndo: string | null
  readonly canUndo: boolean
  readonly apply: (target: ChangeTarget, edit: Edit) => Promise<boolean>
  readonly undo: (skipConflicts?: boolean) => Promise<void>
  readonly dismiss: () => void
}

type ListOfEdits = Pick<SamplePages, 'expect' | 'withdraw' | 'reload'>

export function useSampleEdits({ expect, withdraw, reload }: ListOfEdits): ImageEdits {
  const [isBusy, setIsBusy] = useState(false)
  const [notice, setNotice] = useState<ChangeNotice | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [blockedUndo, setBlockedUndo] = useState<string | null>(null)
  const [canUndo, setCanUndo] = useState(false)
  const undoable = useRef<readonly string[]>([])
  const last = useRef<Promise<unknown>>(Promise.resolve())
  const waiting = useRef(0)
  const stored = useRef<readonly PendingEdit[]>([])

  const remember = useCallback((ids: readonly string[]) => {
    undoable.current = ids
    setCanUndo(ids.length > 0)
  }, [])

  /** One after another: a change that is undone at once has been stored before. The list is read again after the last
   *  one. */
  const run = useCallback(
    (work: () => Promise<void>): Promise<boolean> => {
      waiting.current++
      const done = last.current.then(async () => {
        setIsBusy(true)
        setFailure(null)
        setBlockedUndo(null)
        try {
          await work()
          return true
        } catch (error) {
          setNotice(null)
          setFailure(failureOf(error))
          return false
        } finally {
          waiting.current--
          if (waiting.current === 0) {
            await reload(stored.current)
            stored.current = []
          }
          setIsBusy(false)
        }
      })
      last.current = done
      return done
    },
    [reload],
  )

  const apply = useCallback(
    (target: ChangeTarget, edit: Edit) => {
      const pending = { ids: target.ids ?? [], edit }
      expect(pending)
      return run(async () => {
        try {
          const { change, changed } = await call('PATCH /api/samples', { ...target, ...edit })
          stored.current = [...stored.current, pending]
          if (change) remember([...undoable.current, change.id])
          setNotice({ text: changeText(edit, changed), changeId: change?.id ?? null })
        } catch (error) {
          withdraw(pending)
          throw error
        }
      })
    },
    [expect, remember, run, withdraw],
  )

  const undo = useCallback(
    async (skipConflicts = false) => {
      await run(async () => {
        const id = undoable.current.at(-1)
        if (id === undefined) return
        try {
          const { changed } = await call('POST /api/changes/{id}/undo', { id, skip_conflicts: skipConflicts })
          setNotice({ text: `Undone: ${counted(changed, 'image')}.`, changeId: null })
          remember(undoable.current.filter((one) => one !== id))
        } catch (error) {
          if (error instanceof ProblemError && 'conflicts_total' in error.problem) setBlockedUndo(id)
          throw error
        }
      })
    },
    [remember, run],
  )

  return {
    isBusy,
    notice,
    failure,
    blockedUndo,
    canUndo,
    apply,
    undo,
    dismiss: () => {
      setNotice(null)
      setFailure(null)
      setBlockedUndo(null)
    },
  }
}
