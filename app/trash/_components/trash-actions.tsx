'use client'
/** Restore something from the trash, or delete it permanently after a question; the dialog then says what
 *  still contains it. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { DeletedAnswer } from '#lib/contracts/undoing.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../_components/failure.ts'

type TrashActionsProps = {
  readonly id: string
  readonly title: string
  readonly mayRestore: boolean
  readonly mayDelete: boolean
}

export function TrashActions({ id, title, mayRestore, mayDelete }: TrashActionsProps) {
  const router = useRouter()
  const [isOpen, setIsOpen] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [deleted, setDeleted] = useState<DeletedAnswer | null>(null)
  const attempt = async (work: () => Promise<void>) => {
    setIsBusy(true)
    try {
      await work()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
    }
  }
  const restore = () =>
    attempt(async () => {
      await call('POST /api/trash/{id}/restore', { id })
      toast(`${title} was restored.`)
      router.refresh()
    })
  const remove = () => attempt(async () => setDeleted(await call('DELETE /api/trash/{id}', { id })))
  const close = () => {
    setIsOpen(false)
    if (deleted) router.refresh()
  }
  return (
    <span className="flex flex-wrap justify-end gap-1 sm:justify-start">
      {mayRestore && (
        <Button
          size="small"
          isBusy={isBusy && !isOpen}
          onClick={() => void restore()}
          aria-label={`Restore ${title}`}
        >
          Restore
        </Button>
      )}
      {mayDelete && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => setIsOpen(true)}
          aria-label={`Delete ${title} permanently`}
        >
          Delete permanently
        </Button>
      )}
      <Dialog
        isOpen={isOpen}
        title={deleted ? 'Deleted permanently' : 'Delete permanently?'}
        onClose={close}
        actions={
          deleted ? (
            <Button variant="primary" onClick={close}>
              Close
            </Button>
          ) : (
            <>
              <Button variant="quiet" onClick={close}>
                Cancel
              </Button>
              <Button variant="danger" isBusy={isBusy} onClick={() => void remove()}>
                Delete permanently
              </Button>
            </>
          )
        }
      >
        {deleted ? (
          <p role="status">{sentenceOf(title, deleted)}</p>
        ) : (
          <p>
            This deletes {title} with its files, thumbnails and cached data. You cannot undo this. Versions
            trained on it and existing backups are not changed.
          </p>
        )}
      </Dialog>
    </span>
  )
}

function sentenceOf(title: string, { trained_versions: versions, backups }: DeletedAnswer): string {
  const still = [
    ...(versions.length === 0
      ? []
      : [`Trained on it: ${versions.map(({ version }) => version).join(', ')}.`]),
    ...(backups.length === 0
      ? []
      : [
          `Still in ${backups.length === 1 ? 'the backup' : 'the backups'} ` +
            `${backups.map(withItsEnd).join(', ')}.`,
        ]),
  ]
  return [`${title} was deleted permanently.`, ...still].join(' ')
}

const withItsEnd = ({ name, until }: { readonly name: string; readonly until: string | null }): string =>
  until === null ? name : `${name} (until ${until.slice(0, 10)})`
