/** Accounts, sessions and keys over a database of their own, for tests. */
import { encode } from 'next-auth/jwt'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { createAuth, setupTokenOf } from './auth.ts'
import { createLimits } from './rate-limits.ts'
import type { OidcSettings } from './oidc.ts'

export const SECRET = 'a secret of more than sixteen'
export const ada = { name: 'Ada', email: 'Ada@Example.org', password: 'correct horse battery' }

const ONE = { points: 1, windowSeconds: 60 }
export const UNLIMITED = {
  isEnabled: false,
  allowances: { predict: ONE, batch: ONE, upload: ONE, retrain: ONE, evaluate: ONE, login: ONE, logins: ONE },
  keyTimes: 1,
}

export async function opened({ openActions = false, oidc = null as OidcSettings | null } = {}) {
  const { data, clock, folder } = await openForTest()
  const token = () => setupTokenOf(data.people, { dataDir: folder, shared: null })
  const auth = createAuth({
    data,
    secret: SECRET,
    limits: createLimits(UNLIMITED, data.counts),
    openActions,
    oidc,
    now: clock.now,
  })
  const withAdmin = async () => auth.firstAdmin({ ...ada, token: (await token()) ?? '' })
  const cookieOf = async (sub: string, { secret = SECRET, session = 'one' } = {}) =>
    `next-auth.session-token=${await encode({ token: { sub, session, began: clock.now() }, secret })}`
  const callerWith = async (headers: Record<string, string>) => auth.callerOf(new Headers(headers))
  return { data, clock, folder, token, auth, withAdmin, cookieOf, callerWith }
}
