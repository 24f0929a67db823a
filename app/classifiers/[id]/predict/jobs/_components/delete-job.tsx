'use client'
/** Deletes a prediction job with its results, after a confirmation. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from '../../../../../_components/use-mutation.ts'

export function DeleteJob({ id, name }: { readonly id: string; readonly name: string }) {
  const [isOpen, setIsOpen] = useState(false)
  const { isBusy, failure, mutate } = useMutation()
  const remove = async () => {
    if (await mutate(() => call('DELETE /api/predict/jobs/{id}', { id }))) setIsOpen(false)
  }
  return (
    <>
      <Button variant="quiet" onClick={() => setIsOpen(true)}>
        Delete<span className="sr-only"> {name}</span>
      </Button>
      <Dialog
        isOpen={isOpen}
        title={`Delete the results of ${name}?`}
        onClose={() => setIsOpen(false)}
        actions={
          <>
            <Button variant="quiet" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void remove()}>
              Delete results
            </Button>
          </>
        }
      >
        <p>This cannot be undone.</p>
        {failure && <ErrorNotice title="The results were not deleted" failure={failure} />}
      </Dialog>
    </>
  )
}
