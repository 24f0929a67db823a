/** Sets a new password with a one-time link that an admin created. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { queryOf, type PageProps } from '../current-user.ts'
import { ResetForm } from './_components/reset-form.tsx'

export const metadata = { title: 'New password', referrer: 'no-referrer' }

export default async function Reset(props: PageProps) {
  const { token = '' } = await queryOf(props)
  const email = await darkroom().auth.emailOfResetLink(token)
  return (
    <div className="mx-auto mt-[6vh] grid w-full max-w-md gap-5">
      <h1>New password</h1>
      {email === null ? (
        <EmptyState
          icon="key"
          title="This link does not work"
          action={
            <Link href="/login" {...buttonProps()}>
              Go to login
            </Link>
          }
        >
          It was used already, was replaced by a newer link, or is older than 24 hours. Ask an admin for a new
          link.
        </EmptyState>
      ) : (
        <Card>
          <ResetForm token={token} email={email} />
        </Card>
      )}
    </div>
  )
}
