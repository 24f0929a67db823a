/** The way in. */
import { redirect } from 'next/navigation'
import { Card } from '#lib/ui/card.tsx'
import { darkroom } from '#lib/http/context.ts'
import { queryOf, visitor, type PageProps } from '../visitor.ts'
import { LoginForm } from './_components/login-form.tsx'

export const metadata = { title: 'Log in' }

export default async function Login(props: PageProps) {
  const { next } = await queryOf(props)
  const to = ownPath(next)
  const { isKnown } = await visitor()
  if (isKnown) redirect(to)
  if (await darkroom().auth.needsFirstAdmin()) redirect('/setup')
  return (
    <div className="mx-auto mt-[6vh] grid w-full max-w-md gap-5">
      <h1>Log in</h1>
      <Card>
        <LoginForm next={to} />
      </Card>
      <p className="small muted">Predicting needs no login unless the owner decided so. Accounts are made by an admin of this Darkroom.</p>
    </div>
  )
}

/** Only a path of ours: an address elsewhere would make the login a springboard for strangers. */
function ownPath(next: string | undefined): string {
  return next && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(next) ? next : '/'
}
