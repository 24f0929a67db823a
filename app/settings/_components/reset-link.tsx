'use client'
/** Creates a one-time link for a user who forgot the password, and shows it once. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
import { Button } from '#lib/ui/button.tsx'
import { CopyableSecret } from '#lib/ui/copyable-secret.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

export function ResetLink({ person }: { readonly person: PersonAnswer }) {
  const { isBusy, failure, mutate } = useMutation()
  const [url, setUrl] = useState<string | null>(null)

  const create = async () => {
    const link = await mutate(() => call('POST /api/users/{id}/reset-link', { id: person.id }))
    if (link) setUrl(new URL(link.path, window.location.origin).href)
  }

  return (
    <div className="grid gap-2 border-t border-line pt-4">
      {url === null ? (
        <>
          <p className="small muted">
            If {person.name} forgot the password, create a one-time link to set a new one. It is valid for 24
            hours.
          </p>
          <div>
            <Button size="small" isBusy={isBusy} onClick={() => void create()}>
              Create reset link
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>
            <strong>Copy the link now. It is shown only once.</strong> Send it to {person.name} yourself. It
            works once and expires after 24 hours.
          </p>
          <CopyableSecret text={url} label="Reset link" copyLabel="Copy link" />
        </>
      )}
      {failure && <ErrorNotice title="The link could not be created" failure={failure} />}
    </div>
  )
}
