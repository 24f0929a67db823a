/**
 * Actions on one's own account: read it, change the password, log out everywhere; and one-time links for
 * forgotten passwords. lib/http decides who may call it; logging in is in auth.ts.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Person } from '#lib/data/values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { hashPassword, isPasswordRight } from './passwords.ts'

const TOKEN_BYTES = 32
/** Enough time to pass the link on, short enough to limit misuse. */
const LINK_HOURS = 24
const HOUR_MS = 3600 * 1000

type AccountContext = { readonly caller: Caller; readonly origin: string }

export type AccountActions = {
  readonly getAccount: RouteAnswer<'GET /api/account', AccountContext>
  readonly changePassword: RouteAnswer<'POST /api/account/password', AccountContext>
  readonly endSessions: RouteAnswer<'DELETE /api/account/sessions', AccountContext>
  readonly readNotices: RouteAnswer<'POST /api/notices/read', AccountContext>
  readonly createResetLink: RouteAnswer<'POST /api/users/{id}/reset-link', AccountContext>
  readonly resetPassword: RouteAnswer<'POST /api/reset', AccountContext>
  /** The email address of the link's owner; null if the link is not valid. */
  readonly emailOfResetLink: (token: string) => Promise<string | null>
}

export function createAccountActions({
  people,
  notices,
  now,
}: {
  readonly people: Data['people']
  readonly notices: Data['notices']
  readonly now: () => number
}): AccountActions {
  const own = async ({ id }: Caller): Promise<Person> => {
    const person = id === null ? null : await people.find(id)
    if (person === null)
      throw new DarkroomError('unauthenticated', {
        what: 'This account does not exist',
        why: 'it has been removed',
        remedy: 'Log in with another account.',
      })
    return person
  }

  return {
    async getAccount(_input, { caller }) {
      const { id, name, email, role, passwordHash, oidcSubject } = await own(caller)
      return { id, name, email, role, has_password: passwordHash !== '', has_oidc: oidcSubject !== null }
    },
    async changePassword({ current_password, new_password }, { caller }) {
      const { id, passwordHash } = await own(caller)
      if (passwordHash === '')
        throw new DarkroomError('conflict', {
          what: 'The password was not changed',
          why: 'this account signs in with OIDC and has no password',
          remedy: 'Ask an admin for a reset link to set one.',
        })
      if (!(await isPasswordRight(current_password, passwordHash)))
        throw wrong('current_password', 'is not the current password')
      if (await isPasswordRight(new_password, passwordHash))
        throw wrong('new_password', 'is the same as the current password')
      await people.setPassword(id, await hashPassword(new_password), caller.session ?? null)
      return { id, changed: true }
    },
    async readNotices({ until }, { caller }) {
      const { id } = await own(caller)
      // the future would hide what has not happened yet
      const at = new Date(Math.min(Date.parse(until), now()))
      return { read_until: (await notices.markRead(id, at)).toISOString() }
    },
    async endSessions(_input, { caller }) {
      const { id } = await own(caller)
      await people.endAllSessions(id)
      return { id, ended: true }
    },
    async createResetLink({ id }, { origin }) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const expiresAt = new Date(now() + LINK_HOURS * HOUR_MS)
      const { email } = await people.keepResetToken({ personId: id, sha256: sha256(token), expiresAt })
      const path = `/reset?token=${token}`
      return { id, email, url: `${origin}${path}`, path, expires_at: expiresAt.toISOString() }
    },
    async resetPassword({ token, password }) {
      const hash = sha256(token)
      if ((await people.findByResetToken(hash)) === null) throw deadLink() // before the costly part
      const person = await people.useResetToken(hash, await hashPassword(password))
      if (person === null) throw deadLink()
      return { id: person.id, email: person.email }
    },
    emailOfResetLink: async (token) => (await people.findByResetToken(sha256(token)))?.email ?? null,
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const wrong = (path: string, message: string): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    { what: 'The password was not changed', why: `"${path}" ${message}`, remedy: 'Correct this field.' },
    { errors: [{ path, message }] },
  )

const deadLink = (): DarkroomError =>
  new DarkroomError('forbidden', {
    what: 'The password was not changed',
    why: `the link has been used, has been replaced, or is older than ${LINK_HOURS} hours`,
    remedy: 'Ask an admin for a new link.',
  })
