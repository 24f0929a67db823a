'use client'
/** Starts the sign-in at the OpenID Connect issuer, which leads back to the requested page. */
import { signIn } from 'next-auth/react'
import { useState } from 'react'
import { Button } from '#lib/ui/button.tsx'

const OIDC = 'oidc' // as lib/auth/oidc.ts names the provider

export function OidcButton({ host, next }: { readonly host: string; readonly next: string }) {
  const [isBusy, setIsBusy] = useState(false)
  return (
    <Button
      isBusy={isBusy}
      onClick={() => {
        setIsBusy(true)
        void signIn(OIDC, { callbackUrl: next }).finally(() => setIsBusy(false))
      }}
    >
      Sign in with {host}
    </Button>
  )
}
