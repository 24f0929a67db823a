/** The page of a phone that joined by a link: without an account, for one classifier. */
import { darkroom } from '#lib/http/context.ts'
import { PageHead } from '#lib/ui/shell.tsx'
import { currentUser, resultOf } from '../../current-user.ts'
import { PhoneSessionForm } from './_components/phone-session-form.tsx'
import { UnusableLink } from './_components/unusable-link.tsx'

/** The address contains the token of the link: no request names it. */
export const metadata = {
  title: 'Add images by phone',
  robots: { index: false },
  referrer: 'no-referrer',
} as const

export default async function Phone({ params }: { readonly params: Promise<{ readonly token: string }> }) {
  const { token } = await params
  const { context } = await currentUser()
  const session = await resultOf(context, async () => {
    const { auth, queries } = darkroom()
    return queries.phoneSession(await auth.linkOf(token))
  })
  if (!session.ok) return <UnusableLink reason={session.failure.detail} />
  return (
    <div className="stack">
      <PageHead
        title={`Add images to ${session.value.title}`}
        lead="The images are sent to the person who showed you the code."
      />
      <PhoneSessionForm token={token} session={session.value} />
    </div>
  )
}
