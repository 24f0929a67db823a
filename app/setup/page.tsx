/** Creates the first administrator account, once, with the one-time token printed at the first start. */
import { redirect } from 'next/navigation'
import { Card } from '#lib/ui/card.tsx'
import { darkroom } from '#lib/http/context.ts'
import { OidcButton } from '../_components/oidc-button.tsx'
import { queryOf, currentUser, type PageProps } from '../current-user.ts'
import { SetupForm } from './_components/setup-form.tsx'

export const metadata = { title: 'Setup' }

export default async function Setup(props: PageProps) {
  const { token } = await queryOf(props)
  await currentUser()
  if (!(await darkroom().auth.needsFirstAdmin())) redirect('/login')
  const oidc = darkroom().auth.oidc()
  return (
    <div className="mx-auto mt-[4vh] grid w-full max-w-md gap-5">
      <div>
        <h1>Create the administrator account</h1>
        <p className="page-lead">This account can do everything: upload, train, promote and add users.</p>
      </div>
      <Card>
        <SetupForm token={token ?? ''} />
      </Card>
      {oidc && (
        <Card>
          <p className="small muted">Or sign in with an address listed in OIDC_ADMINS to become an admin.</p>
          <div>
            <OidcButton host={new URL(oidc.issuer).host} next="/" />
          </div>
        </Card>
      )}
    </div>
  )
}
