'use client'
/** Sets the new password, then opens the login page. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwords.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { failureOf } from '../../_components/request-error.ts'

export function ResetForm({ token, email }: { readonly token: string; readonly email: string }) {
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  const set = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    setIsBusy(true)
    setFailure(null)
    try {
      await call('POST /api/reset', { token, password })
      window.location.assign('/login')
    } catch (error) {
      setFailure(failureOf(error))
      setIsBusy(false)
    }
  }

  return (
    <form className="grid gap-4" onSubmit={(event) => void set(event)}>
      <Input label="Email" name="username" type="email" value={email} readOnly autoComplete="username" />
      <Input
        label="New password"
        name="password"
        type="password"
        required
        minLength={MIN_PASSWORD_LENGTH}
        maxLength={200}
        autoComplete="new-password"
        autoFocus
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. All your sessions will end.`}
      />
      {failure && <ErrorNotice title="The password was not changed" failure={failure} />}
      <Button type="submit" variant="primary" isBusy={isBusy}>
        Set password
      </Button>
    </form>
  )
}
