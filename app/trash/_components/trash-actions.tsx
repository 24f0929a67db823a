'use client'
/** Restores an item from the trash, or deletes it permanently after a confirmation. The dialog then lists the
 *  versions and backups that still contain it. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { DeletedAnswer } from '#lib/contracts/sample-changes.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { Time } from '#lib/ui/time.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../_components/request-error.ts'

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
          <DeletedSummary title={title} deleted={deleted} />
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

function DeletedSummary({
  title,
  deleted: { trained_versions: versions, backups },
}: {
  readonly title: string
  readonly deleted: DeletedAnswer
}) {
  return (
    <div className="grid gap-2" role="status">
      <p>{title} was deleted permanently.</p>
      {versions.length > 0 && (
        <p>Versions trained on it: {versions.map(({ version }) => version).join(', ')}.</p>
      )}
      {backups.length > 0 && (
        <div>
          <p>Backups that still contain it:</p>
          <ul className="list-disc pl-5">
            {backups.map(({ name, until }) => (
              <li key={name}>
                {name}
                {until !== null && (
                  <>
                    {' '}
                    (until <Time at={until} format="date" />)
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
