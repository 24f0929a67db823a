'use client'
/** What a check of the images is doing, with a button that cancels it; rendered while one waits or runs. */
import type { ReactNode } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'
import { useRefreshWhile } from '../../../../_components/use-refresh-while.ts'

type CheckProgressProps = {
  readonly classifier: string
  readonly mayEdit: boolean
  readonly children: ReactNode
}

export function CheckProgress({ classifier, mayEdit, children }: CheckProgressProps) {
  const { isBusy, failure, mutate } = useMutation()
  useRefreshWhile(true)
  return (
    <>
      {children}
      {mayEdit && (
        <div className="row">
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void mutate(() => call('DELETE /api/findings', { classifier }))}
          >
            Cancel the check
          </Button>
        </div>
      )}
      {failure && <ErrorNotice title="The check was not cancelled" failure={failure} />}
    </>
  )
}
