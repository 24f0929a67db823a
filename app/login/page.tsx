/** Login with a password, or through the OpenID Connect issuer if one is configured. */
import { redirect } from 'next/navigation'
import { Card } from '#lib/ui/card.tsx'
import { darkroom } from '#lib/http/context.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { OidcButton } from '../_components/oidc-button.tsx'
import { queryOf, currentUser, type PageProps } from '../current-user.ts'
import { LoginForm } from './_components/login-form.tsx'

export const metadata = { title: 'Log in' }

/** By the error code that next-auth or our own sign-in puts into the URL. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  [
    'OAuthSignin',
    'The sign-in service cannot be reached. Log in with your password, or try again in a few minutes.',
  ],
  [
    'OAuthCallback',
    'The response from the sign-in service does not match a sign-in that was started here, or it has ' +
      'expired. Try again.',
  ],
  [
    'oidc_unverified',
    'The sign-in service has not verified your email address. Verify it there, then sign in again.',
  ],
  ['oidc_disabled', 'Your account is disabled. Ask an admin to enable it.'],
  [
    'oidc_taken',
    'The account with your email address is already linked to another identity. Ask an admin for help.',
  ],
  [
    'oidc_admin',
    'The account with your email address is an admin account that OIDC_ADMINS does not list. Log in ' +
      'with your password.',
  ],
])

export default async function Login(props: PageProps) {
  const { next, error } = await queryOf(props)
  const to = ownPath(next)
  const { isLoggedIn } = await currentUser()
  if (isLoggedIn) redirect(to)
  const { auth } = darkroom()
  const oidc = auth.oidc()
  if (oidc === null && (await auth.needsFirstAdmin())) redirect('/setup')
  const refusal = error === undefined ? undefined : REFUSALS.get(error)
  return (
    <div className="mx-auto mt-[6vh] grid w-full max-w-md gap-5">
      <h1>Log in</h1>
      {refusal && <ErrorNotice title="Not signed in" failure={{ detail: refusal }} />}
      <Card>
        <LoginForm next={to} />
      </Card>
      {oidc && (
        <Card>
          <OidcButton host={new URL(oidc.issuer).host} next={to} />
        </Card>
      )}
      <p className="small muted">
        You can make predictions without logging in unless the owner has turned this off. Admins create
        accounts. Forgot your password? Ask an admin for a reset link.
      </p>
    </div>
  )
}

/** Only a path of this product: any other URL would make the login an open redirect. */
function ownPath(next: string | undefined): string {
  return next && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(next) ? next : '/'
}
