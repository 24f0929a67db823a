'use client'
/** What can be done with the selected predictions. Nothing is changed before a button is pressed; the selection stays,
 *  so that another change can follow. */
import { useState } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { ClassChoice } from '../../../../_components/class-choice.tsx'
import type { FeedbackChoice } from '../../../../_components/feedback-change.ts'
import { NoClassChoice } from '../../../../_components/no-class-choice.tsx'
import { useFocusAfterChange } from '../../../../_components/use-focus-after-change.ts'
import type { BulkNotice } from './use-bulk-feedback.ts'

type BulkBarProps = {
  readonly count: number
  readonly total: number
  readonly classes: readonly string[]
  readonly notice: BulkNotice | null
  readonly isBusy: boolean
  readonly onApply: (choice: FeedbackChoice) => Promise<void>
  readonly onUndo: () => Promise<void>
  readonly onSelectAll: () => void
  readonly onClear: () => void
}

export function BulkBar({
  count,
  total,
  classes,
  notice,
  isBusy,
  onApply,
  onUndo,
  onSelectAll,
  onClear,
}: BulkBarProps) {
  const [isChoosing, setIsChoosing] = useState(false)
  const { frame, keepFocus } = useFocusAfterChange<HTMLDivElement>(isBusy, `${isChoosing}`)
  const apply = async (choice: FeedbackChoice) => {
    keepFocus()
    await onApply(choice)
    setIsChoosing(false)
  }
  const open = (next: boolean) => {
    keepFocus()
    setIsChoosing(next)
  }
  const hasSelection = count > 0
  return (
    <div
      ref={frame}
      className="bulk-bar"
      role="group"
      aria-label="Selected predictions"
      data-active={hasSelection || notice !== null || undefined}
    >
      <span className="small" role="status">
        {hasSelection
          ? `${counted(count, 'prediction')} selected.`
          : 'Select several predictions to change them together.'}{' '}
        {notice?.text}
      </span>
      {notice?.undo && (
        <Button
          size="small"
          disabled={isBusy}
          onClick={() => {
            keepFocus()
            void onUndo()
          }}
        >
          Undo
        </Button>
      )}
      {count < total && (
        <Button size="small" variant="quiet" onClick={onSelectAll}>
          Select all {total} on this page
        </Button>
      )}
      {hasSelection && !isChoosing && (
        <>
          <Button
            size="small"
            disabled={isBusy}
            onClick={() => void apply({ kind: 'confirm', addToTraining: false })}
          >
            Mark correct
          </Button>
          <Button size="small" disabled={isBusy} onClick={() => open(true)}>
            Set class
          </Button>
          <Button
            size="small"
            disabled={isBusy}
            onClick={() => void apply({ kind: 'confirm', addToTraining: true })}
          >
            Mark correct and add to training
          </Button>
          <Button size="small" variant="quiet" onClick={onClear}>
            Clear selection
          </Button>
        </>
      )}
      {hasSelection && isChoosing && (
        <ClassChoice
          label={`Correct class of ${counted(count, 'prediction')}`}
          classes={classes}
          isBusy={isBusy}
          onChoose={(label) => void apply({ kind: 'label', label })}
          onCancel={() => open(false)}
        >
          <NoClassChoice
            isBusy={isBusy}
            onNone={() => void apply({ kind: 'label', label: null })}
            onCancel={() => open(false)}
          />
        </ClassChoice>
      )}
    </div>
  )
}
