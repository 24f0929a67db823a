'use client'
/** Undoes one change; images that were changed again since are left out if the user wants that. */
import { useState } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { call, ProblemError } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

function undoneText({ changed, skipped }: { readonly changed: number; readonly skipped: number }): string {
  if (skipped > 0) return `Undone for ${counted(changed, 'image')}, not for ${counted(skipped, 'image')}.`
  return changed > 0 ? `Undone for ${counted(changed, 'image')}.` : 'Undone.'
}

export function UndoButton({ id, text }: { readonly id: string; readonly text: string }) {
  const { isBusy, failure, mutate } = useMutation()
  const [hasConflicts, setHasConflicts] = useState(false)
  const undo = async (skipConflicts: boolean) => {
    const done = await mutate(async () => {
      try {
        return await call('POST /api/changes/{id}/undo', { id, skip_conflicts: skipConflicts })
      } catch (error) {
        setHasConflicts(error instanceof ProblemError && 'conflicts_total' in error.problem)
        throw error
      }
    })
    if (done) toast(undoneText(done))
  }
  return (
    <>
      <Button size="small" isBusy={isBusy} onClick={() => void undo(false)} aria-label={`Undo: ${text}`}>
        Undo
      </Button>
      {failure && (
        <ErrorNotice
          title="Not undone"
          failure={failure}
          action={
            hasConflicts && (
              <Button size="small" isBusy={isBusy} onClick={() => void undo(true)}>
                Undo the other images
              </Button>
            )
          }
        />
      )}
    </>
  )
}
