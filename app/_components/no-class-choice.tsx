'use client'
/** What a choice of the correct class ends with, apart from a class: none of these, or Cancel. */
import { Button } from '#lib/ui/button.tsx'

type NoClassChoiceProps = {
  readonly isBusy: boolean
  readonly onNone: () => void
  readonly onCancel: () => void
}

export function NoClassChoice({ isBusy, onNone, onCancel }: NoClassChoiceProps) {
  return (
    <>
      <Button size="small" disabled={isBusy} onClick={onNone}>
        None of these
      </Button>
      <Button size="small" variant="quiet" onClick={onCancel}>
        Cancel
      </Button>
    </>
  )
}
