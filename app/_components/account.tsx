'use client'
/** The logged-in user with a button to log out, or a link to log in. */
import { signOut } from 'next-auth/react'
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
      <Link className="link row small min-w-0" href="/account" aria-label={`Account of ${name}`}>
        <Icon name="person" />
        {name}
      </Link>
      <Button size="small" variant="quiet" onClick={() => void signOut({ callbackUrl: '/' })}>
        Log out
      </Button>
    </div>
  )
}
