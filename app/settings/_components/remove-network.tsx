'use client'
/** Removes an installed network after a second click. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

export function RemoveNetwork({ name, title }: { readonly name: string; readonly title: string }) {
  const { isBusy, failure, mutate } = useMutation()
  const [isAsking, setIsAsking] = useState(false)
  if (failure) return <ErrorNotice title={`${title} could not be removed`} failure={failure} />
  if (!isAsking)
    return (
      <Button size="small" variant="quiet" aria-label={`Remove ${title}`} onClick={() => setIsAsking(true)}>
        Remove
      </Button>
    )
  return (
    <span className="row">
      <Button
        size="small"
        isBusy={isBusy}
        onClick={() => void mutate(() => call('DELETE /api/backbones/{id}', { id: name }))}
      >
        Remove {title}
      </Button>
      <Button size="small" variant="quiet" onClick={() => setIsAsking(false)}>
        Cancel
      </Button>
    </span>
  )
}
