'use client'
/** The logged-in user with a button to log out, or a link to log in. */
import Link from 'next/link'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Icon } from '#lib/ui/icon.tsx'

export function Account({ name }: { readonly name: string | null }) {
  if (name === null)
    return (
      <Link href="/login" {...buttonProps()}>
        <Icon name="key" />
        Log in
      </Link>
    )
  return (
    <div className="row justify-between">
      <Link className="link row small min-h-6 min-w-0" href="/account" aria-label={`Account of ${name}`}>
        <Icon name="person" />
        {name}
      </Link>
      <Button size="small" variant="quiet" onClick={() => void logOut()}>
        Log out
      </Button>
    </div>
  )
}

/** Loaded when it is needed: this component is on every page. */
async function logOut(): Promise<void> {
  const { signOut } = await import('next-auth/react')
  await signOut({ callbackUrl: '/' })
}
