'use client'
/** Email and password, checked by next-auth. After login the requested page is loaded with the new session. */
import { signIn } from 'next-auth/react'
import { useState, type FormEvent } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'Incorrect email or password. Passwords are case-sensitive.',
  429: 'Too many failed attempts. Try again in a minute.',
}

export function LoginForm({ next }: { readonly next: string }) {
  const [isBusy, setIsBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)

  const logIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setIsBusy(true)
    setRefusal(null)
    const answer = await signIn('credentials', {
      redirect: false,
      email: form.get('email'),
      password: form.get('password'),
    }).catch(() => undefined)
    if (answer?.ok) return window.location.assign(next)
    setIsBusy(false)
    setRefusal(
      REFUSALS[answer?.status ?? 0] ?? 'The server returned an unexpected response. Try again in a moment.',
    )
  }

  return (
    <form className="grid gap-4" onSubmit={(event) => void logIn(event)}>
      <Input label="Email" name="email" type="email" autoComplete="username" required autoFocus />
      <Input label="Password" name="password" type="password" autoComplete="current-password" required />
      {refusal && <ErrorNotice title="Not logged in" failure={{ detail: refusal }} />}
      <Button type="submit" variant="primary" isBusy={isBusy}>
        Log in
      </Button>
    </form>
  )
}
