'use client'
/** Ends all sessions of the user, including the current one. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../_components/request-error.ts'

export function EndSessions() {
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  const end = async () => {
    setIsBusy(true)
    setFailure(null)
    try {
      await call('DELETE /api/account/sessions', {})
      window.location.assign('/login')
    } catch (error) {
      setFailure(failureOf(error))
      setIsBusy(false)
    }
  }

  return (
    <div className="grid gap-3">
      <p>
        Lost a device, or used a shared computer? Log out everywhere to end all your sessions, including this
        one.
      </p>
      {failure && <ErrorNotice title="You are still logged in" failure={failure} />}
      <div>
        <Button variant="danger" isBusy={isBusy} onClick={() => void end()}>
          Log out everywhere
        </Button>
      </div>
    </div>
  )
}
