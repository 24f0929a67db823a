'use client'
/** Moves the classifier to the trash, after a confirmation. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

type DeleteProps = { readonly id: string; readonly title: string; readonly isExample: boolean }

export function DeleteClassifier({ id, title, isExample }: DeleteProps) {
  const router = useRouter()
  const [isOpen, setIsOpen] = useState(false)
  const { isBusy, failure, mutate } = useMutation()
  if (isExample) return <p className="small muted">Examples come with Darkroom and cannot be deleted.</p>
  const remove = async () => {
    if (!(await mutate(() => call('DELETE /api/classifiers/{id}', { id })))) return
    toast(`${title} was moved to the trash.`)
    router.push('/')
  }
  return (
    <>
      <p className="small">
        Its images, versions and predictions go to the trash with it, where they can be restored for{' '}
        {TRASH_DAYS} days. Scripts that use it stop working at once.
      </p>
      <div className="row">
        <Button variant="danger" size="small" onClick={() => setIsOpen(true)}>
          Delete classifier
        </Button>
      </div>
      <Dialog
        isOpen={isOpen}
        title={`Delete ${title}?`}
        onClose={() => setIsOpen(false)}
        actions={
          <>
            <Button variant="quiet" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void remove()}>
              Delete
            </Button>
          </>
        }
      >
        <p>
          {title} no longer makes predictions. You can restore it from the trash within {TRASH_DAYS} days.
        </p>
        {failure && <ErrorNotice title="The classifier was not deleted" failure={failure} />}
      </Dialog>
    </>
  )
}
