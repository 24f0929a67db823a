'use client'
/** The dialog of one change of a class: its fields, Cancel, and the action with its error. */
import { type ReactNode } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

type ClassDialogProps = {
  readonly title: string
  readonly failureTitle: string
  readonly action: string
  readonly isDangerous?: boolean
  readonly isReady: boolean
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
  readonly children: ReactNode
}

export function ClassDialog(props: ClassDialogProps) {
  const { title, failureTitle, action, isDangerous = false, isReady, onConfirm, onClose, children } = props
  const { isBusy, failure, mutate } = useMutation()
  const confirm = async () => {
    const isDone = await mutate(async () => {
      await onConfirm()
      return true
    })
    if (isDone) onClose()
  }
  return (
    <Dialog
      isOpen
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant={isDangerous ? 'danger' : 'primary'}
            isBusy={isBusy}
            disabled={!isReady}
            onClick={() => void confirm()}
          >
            {action}
          </Button>
        </>
      }
    >
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !isBusy) void confirm()
        }}
      >
        {children}
      </form>
      {failure && <ErrorNotice title={failureTitle} failure={failure} />}
    </Dialog>
  )
}
