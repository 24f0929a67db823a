/** The user's own account: profile, role, password, sessions. */
import { darkroom } from '#lib/http/context.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { requireAccount } from '../current-user.ts'
import { EndSessions } from './_components/end-sessions.tsx'
import { PasswordForm } from './_components/password-form.tsx'

export const metadata = { title: 'Account' }

const ROLE_WORDS = {
  viewer:
    'You can view everything and make predictions. Editors can also give feedback, upload, label, ' +
    'train, promote and roll back.',
  editor:
    'You can make predictions, give feedback, upload, label, train, promote and roll back. Only admins ' +
    'can delete classifiers or delete anything permanently.',
  admin: 'You have full access, including users, API keys and settings.',
} as const

export default async function Account() {
  const { context } = await requireAccount('/account')
  const { name, email, role, has_password, has_oidc } = await darkroom().auth.getAccount({}, context)
  return (
    <div className="stack">
      <PageHead title="Account" lead="Your profile, password and sessions." />
      <Card title={name}>
        <Facts>
          <Fact name="Email">{email}</Fact>
          <Fact name="Role">
            <Badge variant={role === 'admin' ? 'accent' : 'plain'}>{role}</Badge>
          </Fact>
          <Fact name="Sign-in">
            {[has_password && 'password', has_oidc && 'OIDC'].filter(Boolean).join(' and ')}
          </Fact>
        </Facts>
        <p className="small muted">{ROLE_WORDS[role]}</p>
      </Card>
      <Card title="Password">
        {has_password ? (
          <PasswordForm email={email} />
        ) : (
          <p>
            This account signs in with OIDC and has no password. Ask an admin for a reset link to set one.
          </p>
        )}
      </Card>
      <Card title="Sessions">
        <EndSessions />
      </Card>
    </div>
  )
}
