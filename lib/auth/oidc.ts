/** Signing in through an OpenID Connect issuer: which provider next-auth talks to, and which person an
 *  identity becomes here. It speaks no protocol itself: next-auth does, with PKCE, state and nonce. */
import type { OAuthConfig } from 'next-auth/providers/oauth'
import type { Data } from '#lib/data/data.ts'
import type { Person } from '#lib/data/values.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { fieldsOf } from '#lib/domain/fields.ts'

export const OIDC = 'oidc'
const LONGEST_NAME = 80
const LONGEST_ADDRESS = 200
/** How long to wait for the issuer before sign-in reports that it cannot be reached. */
const PATIENCE_MS = 5_000

export type OidcSettings = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Addresses that become admins, in lower case; all others become viewers. */
  readonly admins: readonly string[]
}

/** Claims of the issuer about the person: standard claims (OpenID Connect Core 1.0, section 5.1). */
export type Claims = {
  readonly sub?: unknown
  readonly email?: unknown
  readonly email_verified?: unknown
  readonly name?: unknown
  readonly preferred_username?: unknown
}

/** `oidc_admin`: an admin's account is linked only where OIDC_ADMINS names its address. */
export type OidcRefusal = 'oidc_unverified' | 'oidc_disabled' | 'oidc_taken' | 'oidc_admin'
export type SignInResult =
  | { readonly kind: 'in'; readonly person: Person; readonly event: 'signed in' | 'linked' | 'created' }
  | { readonly kind: 'refused'; readonly reason: OidcRefusal; readonly email: string | null }

export type OidcSignIn = { readonly signIn: (claims: Claims) => Promise<SignInResult> }

export function oidcProvider({ issuer, clientId, clientSecret }: OidcSettings): OAuthConfig<Claims> {
  return {
    id: OIDC,
    name: new URL(issuer).host,
    type: 'oauth',
    wellKnown: `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    authorization: { params: { scope: 'openid email profile' } },
    httpOptions: { timeout: PATIENCE_MS },
    userinfo: {
      /** Some issuers keep the address out of the ID token; the library compares the subjects of both. */
      async request({ client, tokens }) {
        const claims = tokens.id_token === undefined ? {} : claimsOf(tokens.id_token)
        return 'email' in claims || tokens.access_token === undefined
          ? claims
          : { ...claims, ...(await client.userinfo(tokens.access_token)) }
      },
    },
    profile: (claims) => ({ id: String(claims.sub), name: null, email: null }), // signIn decides whose account it is
  }
}

/** The ID token's signature, issuer, audience, times and nonce were checked by next-auth before. */
const claimsOf = (idToken: string): Readonly<Record<string, unknown>> =>
  fieldsOf(JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8')))

export function createOidcSignIn({
  people,
  settings,
}: {
  readonly people: Data['people']
  readonly settings: OidcSettings | null
}): OidcSignIn {
  const admins = settings?.admins ?? []
  const subjectOf = (sub: string): string => `${settings?.issuer ?? ''} ${sub}`

  /** By the identity first, which stays when an address changes; then by the verified address. */
  async function find(subject: string, email: string): Promise<SignInResult | null> {
    const known = await people.findByOidcSubject(subject)
    if (known)
      return known.isDisabled
        ? { kind: 'refused', reason: 'oidc_disabled', email }
        : { kind: 'in', person: known, event: 'signed in' }
    const namesake = await people.findByEmail(email)
    if (namesake === null) return null
    if (namesake.isDisabled) return { kind: 'refused', reason: 'oidc_disabled', email }
    if (namesake.oidcSubject !== null) return { kind: 'refused', reason: 'oidc_taken', email }
    if (namesake.role === 'admin' && !admins.includes(email))
      return { kind: 'refused', reason: 'oidc_admin', email }
    await people.link(namesake.id, subject)
    return { kind: 'in', person: namesake, event: 'linked' }
  }

  return {
    async signIn({ sub, email: values, email_verified, name, preferred_username }) {
      const email =
        typeof values === 'string' && values.includes('@') && values.length <= LONGEST_ADDRESS
          ? values.trim().toLowerCase()
          : null
      if (typeof sub !== 'string' || sub === '' || email === null || email_verified !== true)
        return { kind: 'refused', reason: 'oidc_unverified', email }
      const subject = subjectOf(sub)
      const found = (await find(subject, email)) ?? (await create())
      if (found.kind === 'in' && found.person.role !== 'admin' && admins.includes(email))
        return { ...found, person: await people.change(found.person.id, { role: 'admin' }) }
      return found

      async function create(): Promise<SignInResult> {
        const called =
          [name, preferred_username].find(
            (one): one is string => typeof one === 'string' && one.trim() !== '',
          ) ?? email!
        const draft = {
          name:
            called
              .replaceAll(/\p{Cc}/gu, '')
              .trim()
              .slice(0, LONGEST_NAME) || email!,
          email: email!,
          role: admins.includes(email!) ? ('admin' as const) : ('viewer' as const),
          passwordHash: '',
        }
        try {
          return { kind: 'in', person: await people.create(draft, subject), event: 'created' }
        } catch (error) {
          const other =
            // signed in twice at once
            isDarkroomError(error) && error.code === 'conflict' ? await find(subject, email!) : null
          if (other) return other
          throw error
        }
      }
    },
  }
}
