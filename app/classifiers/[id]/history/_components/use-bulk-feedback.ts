'use client'
/** Feedback on the predictions of the table: its changes since the page was loaded, the selection, and the changes of
 *  all that are selected. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { StoredPredictionAnswer } from '#lib/contracts/predictions.ts'
import { toast } from '#lib/ui/toast.tsx'
import {
  bodyOf,
  bulkText,
  restoringBody,
  valueOf,
  type FeedbackChoice,
  type FeedbackEntry,
} from '../../../../_components/feedback-change.ts'
import { failureOf } from '../../../../_components/request-error.ts'
import { selectedWith } from './selected-with.ts'

type Entries = Readonly<Record<string, FeedbackEntry>>
export type BulkNotice = { readonly text: string; readonly undo: Entries | null }

export function useBulkFeedback(predictions: readonly StoredPredictionAnswer[]) {
  const [entries, setEntries] = useState<Entries>({})
  const [selected, setSelected] = useState<readonly string[]>([])
  const [last, setLast] = useState<string | null>(null)
  const [notice, setNotice] = useState<BulkNotice | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  const ids = predictions.map(({ id }) => id)
  const entryOf = (one: StoredPredictionAnswer): FeedbackEntry => entries[one.id] ?? { value: one.feedback }
  const change = (id: string, entry: FeedbackEntry) => setEntries((all) => ({ ...all, [id]: entry }))

  /** With Shift, all from the one that was selected last. */
  const toggle = (id: string, isRange: boolean) => {
    setSelected((before) => selectedWith(before, ids, { id, from: isRange ? last : null }))
    setLast(id)
  }

  const send = async (bodies: readonly (ReturnType<typeof restoringBody> & { readonly id: string })[]) => {
    setIsBusy(true)
    try {
      const { feedback } = await call('POST /api/predictions/feedback', { feedback: [...bodies] })
      return feedback.map((one) => ({ id: one.id, value: valueOf(one) }))
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
      return null
    } finally {
      setIsBusy(false)
    }
  }

  const apply = async (choice: FeedbackChoice) => {
    const chosen = predictions.filter(({ id }) => selected.includes(id))
    const before = Object.fromEntries(chosen.map((one) => [one.id, entryOf(one)]))
    const saved = await send(chosen.map((one) => ({ id: one.id, ...bodyOf(one.predicted_class, choice) })))
    if (!saved) return
    const changed = saved.map(({ id, value }) => [id, { value, before: before[id]?.value ?? null }] as const)
    setEntries((all) => ({ ...all, ...Object.fromEntries(changed) }))
    setNotice({
      text: bulkText(
        saved.map(({ value }) => value),
        choice,
      ),
      undo: before,
    })
  }

  const undo = async () => {
    if (!notice?.undo) return
    const { undo: before } = notice
    const saved = await send(
      Object.entries(before).map(([id, { value }]) => ({ id, ...restoringBody(value) })),
    )
    if (!saved) return
    setEntries((all) => ({ ...all, ...Object.fromEntries(saved.map(({ id, value }) => [id, { value }])) }))
    setNotice({ text: 'Undone.', undo: null })
  }

  return {
    entryOf,
    change,
    selected: selected.filter((id) => ids.includes(id)),
    toggle,
    selectAll: () => setSelected(ids),
    clear: () => setSelected([]),
    apply,
    undo,
    notice,
    isBusy,
  }
}
