'use client'
/** Deletes predictions permanently, one or all that match the filters, after a confirmation with their number. */
import { useRouter } from 'next/navigation'
import { useState, useTransition, type ReactNode } from 'react'
import type { Input } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { call } from '#lib/contracts/client.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../../../_components/request-error.ts'

type Filters = Omit<Input<Routes['DELETE /api/predictions']>, 'all' | 'dry_run' | 'older_than_days'>

const CONSEQUENCES =
  'Their images and feedback are deleted too, and they no longer count in the statistics. Training ' +
  'samples created from corrections are kept. This cannot be undone.'

export function DeleteOne({ id, name }: { readonly id: string; readonly name: string }) {
  const remove = async () => {
    await call('DELETE /api/predictions/{id}', { id })
    return 'Prediction deleted.'
  }
  return (
    <DeleteButton
      label={
        <>
          Delete<span className="sr-only"> the prediction of {name}</span>
        </>
      }
      title="Delete this prediction?"
      action="Delete prediction"
      remove={remove}
    >
      <p>
        Its image and feedback are deleted too, and it no longer counts in the statistics. A training sample
        created from a correction is kept. This cannot be undone.
      </p>
    </DeleteButton>
  )
}

export function DeleteAll({
  filters,
  total,
  isFiltered,
}: {
  readonly filters: Filters
  readonly total: number
  readonly isFiltered: boolean
}) {
  const predictions = counted(total, 'prediction')
  const remove = async () => {
    const { count } = await call('DELETE /api/predictions', { ...filters, all: true })
    return `${counted(count, 'prediction')} deleted.`
  }
  return (
    <DeleteButton
      label={isFiltered ? 'Delete matching' : 'Delete all'}
      title={`Delete ${predictions}?`}
      action={`Delete ${predictions}`}
      remove={remove}
    >
      <p>
        {isFiltered
          ? 'This deletes all predictions that match the filters, not only those on this page.'
          : 'This deletes the entire history.'}{' '}
        {CONSEQUENCES}
      </p>
    </DeleteButton>
  )
}

type DeleteButtonProps = {
  readonly label: ReactNode
  readonly title: string
  readonly action: string
  readonly remove: () => Promise<string>
  readonly children: ReactNode
}

function DeleteButton({ label, title, action, remove, children }: DeleteButtonProps) {
  const router = useRouter()
  const [isOpen, setIsOpen] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [isRefreshing, startRefresh] = useTransition()
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const close = () => {
    setFailure(null)
    setIsOpen(false)
  }
  const confirm = async () => {
    setIsBusy(true)
    setFailure(null)
    try {
      const done = await remove()
      startRefresh(() => {
        router.refresh()
        close()
      })
      toast(done)
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <>
      <Button size="small" variant="quiet" onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title={title}
        actions={
          <>
            <Button variant="quiet" onClick={close}>
              Cancel
            </Button>
            <Button variant="danger" isBusy={isBusy || isRefreshing} onClick={() => void confirm()}>
              {action}
            </Button>
          </>
        }
      >
        {children}
        {failure && <ErrorNotice title="Deletion failed" failure={failure} />}
      </Dialog>
    </>
  )
}
