'use client'
/** Creates the first administrator account and logs in. */
import { signIn } from 'next-auth/react'
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwords.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { failureOf } from '../../_components/request-error.ts'

export function SetupForm({ token }: { readonly token: string }) {
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '')
    setIsBusy(true)
    setFailure(null)
    try {
      await call('POST /api/setup', {
        token: text('token').trim(),
        name: text('name'),
        email: text('email'),
        password: text('password'),
      })
      const answer = await signIn('credentials', {
        redirect: false,
        email: text('email'),
        password: text('password'),
      })
      window.location.assign(answer?.ok ? '/?setup=networks' : '/login')
    } catch (error) {
      setFailure(failureOf(error))
      setIsBusy(false)
    }
  }

  return (
    <form className="grid gap-4" onSubmit={(event) => void create(event)}>
      <Input
        label="One-time token"
        name="token"
        defaultValue={token}
        required
        autoComplete="off"
        spellCheck={false}
        hint="Printed in the terminal or container log when Darkroom started."
      />
      <Input label="Your name" name="name" required maxLength={80} autoComplete="name" />
      <Input
        label="Email"
        name="email"
        type="email"
        required
        autoComplete="username"
        hint="Used only to log in. Darkroom never sends email."
      />
      <Input
        label="Password"
        name="password"
        type="password"
        required
        minLength={MIN_PASSWORD_LENGTH}
        autoComplete="new-password"
        hint={`At least ${MIN_PASSWORD_LENGTH} characters.`}
      />
      {failure && <ErrorNotice title="The account could not be created" failure={failure} />}
      <Button type="submit" variant="primary" isBusy={isBusy}>
        Create account
      </Button>
    </form>
  )
}
