'use client'
/** Makes a one-time link for a person who forgot the password, and shows it once. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
import { Button } from '#lib/ui/button.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useChange } from './changing.ts'

export function ResetLink({ person }: { readonly person: PersonAnswer }) {
  const { isBusy, failure, change } = useChange()
  const [url, setUrl] = useState<string | null>(null)

  const make = async () => {
    const made = await change(() => call('POST /api/users/{id}/reset-link', { id: person.id }))
    if (made) setUrl(new URL(made.path, window.location.origin).href)
  }

  return (
    <div className="grid gap-2 border-t border-line pt-4">
      {url === null ? (
        <>
          <p className="small muted">
            If {person.name} forgot the password, a one-time link sets a new one within 24 hours.
          </p>
          <div>
            <Button size="small" isBusy={isBusy} onClick={() => void make()}>
              Create reset link
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>
            <strong>Copy it now: it is shown only once.</strong> Send it to {person.name} yourself. It works
            once and expires after 24 hours.
          </p>
          <div className="copyable">
            <code
              className="command"
              style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
              tabIndex={0}
              aria-label="Reset link"
            >
              {url}
            </code>
            <CopyButton text={url} label="Copy link" />
          </div>
        </>
      )}
      {failure && <ErrorNotice title="No link was created" failure={failure} />}
    </div>
  )
}
