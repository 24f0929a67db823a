'use client'
/** Makes the first admin and logs them in. */
import { signIn } from 'next-auth/react'
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { failureOf } from '../../_components/failure.ts'

const SHORTEST_PASSWORD = 10 // as the contract has it

export function SetupForm({ token }: { readonly token: string }) {
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  const make = async (event: FormEvent<HTMLFormElement>) => {
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
      window.location.assign(answer?.ok ? '/' : '/login')
    } catch (error) {
      setFailure(failureOf(error))
      setIsBusy(false)
    }
  }

  return (
    <form className="grid gap-4" onSubmit={(event) => void make(event)}>
      <Input
        label="One-time token"
        name="token"
        defaultValue={token}
        required
        autoComplete="off"
        spellCheck={false}
        hint="Darkroom printed it, with the address of this page, where it was started."
      />
      <Input label="Your name" name="name" required maxLength={80} autoComplete="name" />
      <Input
        label="E-mail"
        name="email"
        type="email"
        required
        autoComplete="username"
        hint="Only your name at the door: no mail is sent."
      />
      <Input
        label="Password"
        name="password"
        type="password"
        required
        minLength={SHORTEST_PASSWORD}
        autoComplete="new-password"
        hint={`At least ${SHORTEST_PASSWORD} characters.`}
      />
      {failure && <ErrorNotice title="The admin was not made" failure={failure} />}
      <Button type="submit" variant="primary" isBusy={isBusy}>
        Make the admin and log in
      </Button>
    </form>
  )
}
