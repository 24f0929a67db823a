'use client'
/** Changes the user's own password. The current session stays, all others end. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwords.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../_components/request-error.ts'

export function PasswordForm({ email }: { readonly email: string }) {
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  const change = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const text = (name: string) => String(fields.get(name) ?? '')
    setIsBusy(true)
    setFailure(null)
    try {
      await call('POST /api/account/password', {
        current_password: text('current'),
        new_password: text('new'),
      })
      form.reset()
      toast('Password changed. Your other sessions have ended.')
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <form className="grid gap-4" onSubmit={(event) => void change(event)}>
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <div className="grid gap-4 sm:grid-cols-2">
        <Input
          label="Current password"
          name="current"
          type="password"
          required
          maxLength={200}
          autoComplete="current-password"
        />
        <Input
          label="New password"
          name="new"
          type="password"
          required
          minLength={MIN_PASSWORD_LENGTH}
          maxLength={200}
          autoComplete="new-password"
          hint={`At least ${MIN_PASSWORD_LENGTH} characters.`}
        />
      </div>
      {failure && <ErrorNotice title="The password was not changed" failure={failure} />}
      <div>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          Change password
        </Button>
      </div>
    </form>
  )
}
