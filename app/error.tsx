'use client'
/** A page that failed unexpectedly: what to do, and the id of the error in the log. */
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
      <h1>This page could not be loaded</h1>
      <ErrorNotice
        title="An unexpected error occurred"
        failure={{
          detail: 'Your data is safe. Try again. If the error persists, look up this ID in the log.',
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
