/**
 * Authentication: logging in, the first admin, and the caller behind a request. It sets no cookie;
 * next-auth does, through route.ts.
 */
import { createHash } from 'node:crypto'
import type { Caller, Input, Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Role } from '#lib/data/values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { RateLimitName } from '#lib/domain/rate-limit.ts'
import { createAccountActions, type AccountActions } from './account.ts'
import { createApiKeys, keyIn, type ApiKeys } from './keys.ts'
import type { Limits } from './rate-limits.ts'
import { createPhoneLinks, isLinkToken, type PhoneLinkCases } from './phone-links.ts'
import { createOidcSignIn, type OidcSignIn, type OidcSettings } from './oidc.ts'
import { hashPassword, isPasswordRight } from './passwords.ts'
import { createUserAdmin, type UserAdmin } from './people.ts'
import type { Rate, RateLimitSubject } from './rate-state.ts'
import { OPENED_TO_ANONYMOUS, SCOPES_OF_ROLE } from './rights.ts'
import { forgetSecret, persistentSecret, type SecretPlace } from './secret.ts'
import { sessionIn, type LoginSession } from './session.ts'

/** A session's cookie expires after this long without a visit. */
export const SESSION_SECONDS = 7 * 24 * 3600
const TOKEN_BYTES = 24
const TOKEN_FILE = 'setup-token'

type FirstAdmin = Routes['POST /api/setup']
export type SessionUser = { id: string; name: string; email: string; role: Role }

export type Auth = UserAdmin &
  AccountActions &
  OidcSignIn &
  PhoneLinkCases &
  Omit<ApiKeys, 'callerWith'> & {
    readonly firstAdmin: (input: Input<FirstAdmin>) => Promise<Output<FirstAdmin>>
    /** Whether the first admin has not been created yet. */
    readonly needsFirstAdmin: () => Promise<boolean>
    /** Checks a password; null when it is wrong, which takes as long as when it is correct. */
    readonly login: (email: string, password: string) => Promise<SessionUser | null>
    /** The name of the person with this address; null if there is none. */
    readonly nameAt: (email: string) => Promise<string | null>
    /** Whether this session is still valid: a logout, a changed password or a deactivated account ends it. */
    readonly isLive: (session: LoginSession) => Promise<boolean>
    readonly logout: (session: LoginSession) => Promise<void>
    /** The caller, from an API key, a phone link or a session cookie. Throws for an invalid key or link. */
    readonly callerOf: (headers: Pick<Headers, 'get'>) => Promise<Caller>
    /** The id of the phone link with this token. Throws `unauthenticated` where it cannot be used. */
    readonly linkOf: (token: string) => Promise<string>
    /** Signs session cookies. */
    readonly secret: () => string
    /** How people sign in with OIDC; null if it is not configured. */
    readonly oidc: () => OidcSettings | null
    /** Counts one more request of this class and returns whether it exceeds the limit; null where no limit applies. */
    readonly rate: (limited: RateLimitName, asking: RateLimitSubject) => MaybePromise<Rate | null>
    /** Undoes a count: the request was not one of those that are limited. */
    readonly undoCount: (limited: RateLimitName, asking: RateLimitSubject) => Promise<void>
  }

export type AuthParts = {
  readonly data: Pick<Data, 'people' | 'keys' | 'classifiers' | 'phoneLinks' | 'notices'>
  readonly secret: string
  readonly limits: Limits
  readonly openActions: boolean
  readonly oidc: OidcSettings | null
  readonly now: () => number
}

export function createAuth({
  data: { people, keys, classifiers, phoneLinks, notices },
  secret,
  limits,
  openActions,
  oidc,
  now,
}: AuthParts): Auth {
  const { callerWithLink, ...links } = createPhoneLinks({ phoneLinks, classifiers, now })
  const { callerWith, ...apiKeys } = createApiKeys({ keys, classifiers, now })
  const anonymous: Caller = {
    kind: 'anonymous',
    id: null,
    name: null,
    scopes: openActions ? ['open', ...OPENED_TO_ANONYMOUS] : ['open'],
  }
  const needsFirstAdmin = async (): Promise<boolean> => (await people.count('admin')) === 0
  return {
    ...apiKeys,
    ...links,
    linkOf: async (token) => `${(await callerWithLink(token)).id}`,
    ...createUserAdmin({ people }),
    ...createAccountActions({ people, notices, now }),
    ...createOidcSignIn({ people, settings: oidc }),
    oidc: () => oidc,
    needsFirstAdmin,
    secret: () => secret,
    rate: limits.take,
    undoCount: limits.undoCount,
    async firstAdmin({ token, name, email, password }) {
      const hash = sha256(token)
      if ((await needsFirstAdmin()) && !(await people.isSetupToken(hash))) throw wrongToken() // before the costly part
      const person = await people.createFirstAdmin(hash, {
        name,
        email,
        passwordHash: await hashPassword(password),
      })
      return { id: person.id, email: person.email }
    },
    async login(email, password) {
      const person = await people.findByEmail(email)
      // empty: an account that signs in with OIDC alone
      const isRight = await isPasswordRight(password, person?.passwordHash || null)
      return person && isRight && !person.isDisabled
        ? { id: person.id, name: person.name, email: person.email, role: person.role }
        : null
    },
    nameAt: async (email) => (await people.findByEmail(email))?.name ?? null,
    isLive: async (session) => (await people.findInSession(session.personId, session)) !== null,
    logout: ({ id }) => people.endSession(id, new Date(now() + SESSION_SECONDS * 1000)),
    async callerOf(headers) {
      const sent = keyIn(headers)
      if (sent !== null && isLinkToken(sent)) return callerWithLink(sent)
      const key = await callerWith(headers)
      if (key) return key
      const session = await sessionIn(headers, secret)
      // their role now, not when they logged in
      const person = session && (await people.findInSession(session.personId, session))
      return session && person
        ? {
            kind: 'person',
            id: person.id,
            name: person.name,
            scopes: SCOPES_OF_ROLE[person.role],
            session: session.id,
          }
        : anonymous
    },
  }
}

/**
 * The token for /setup?token=…, to be printed in the terminal: the same at each start until it is used;
 * null when there is an admin.
 */
export async function setupTokenOf(people: Data['people'], place: SecretPlace): Promise<string | null> {
  if ((await people.count('admin')) > 0) {
    await forgetSecret(place, TOKEN_FILE)
    return null
  }
  const token = await persistentSecret(place, TOKEN_FILE, TOKEN_BYTES)
  await people.keepSetupToken(sha256(token))
  return token
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const wrongToken = (): DarkroomError =>
  new DarkroomError('forbidden', {
    what: 'The administrator account was not created',
    why: 'the setup token is not valid',
    remedy: 'Open the setup link that the terminal or the container log shows.',
  })
