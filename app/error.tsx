'use client'
/** A page that failed by a bug: what can be done, and the number under which the log knows it. */
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'

export default function PageError({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string }
  readonly reset: () => void
}) {
  return (
    <div className="stack">
      <h1>This page failed</h1>
      <ErrorNotice
        title="Something went wrong here"
        failure={{
          detail:
            'This is a fault of Darkroom, not yours. Nothing that you did is lost. Try again; if it ' +
            'stays, the log tells more under this number.',
          requestId: error.digest ?? null,
        }}
        action={
          <Button variant="primary" onClick={reset}>
            Try again
          </Button>
        }
      />
    </div>
  )
}
