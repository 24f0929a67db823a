/** The user who requests a page: their name, their permissions, and the request context for calls in their
 *  name. Permissions are decided in lib/http. */
import { randomUUID } from 'node:crypto'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { Caller, Scope } from '#lib/contracts/contract.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { may, rolesWith } from '#lib/http/access.ts'
import { originOf } from '#lib/http/origin.ts'
import { darkroom, type RequestContext } from '#lib/http/context.ts'

const TIMEOUT_MS = 60_000 // comparing two versions may take that long

export type CurrentUser = {
  readonly context: RequestContext
  readonly name: string | null
  readonly isLoggedIn: boolean
  readonly may: (scope: Scope) => boolean
  /** Why the user may not do it, in one sentence; null if they may. `action` follows "cannot". */
  readonly denialReason: (scope: Scope, action: string) => string | null
}

/** Computed once per request, however many parts of the page call it. */
export const currentUser = cache(async (): Promise<CurrentUser> => {
  const caller = await callerOfRequest()
  return {
    context: {
      caller,
      address: '', // pages read only
      signal: AbortSignal.timeout(TIMEOUT_MS),
      requestId: randomUUID(),
      origin: await ownOrigin(),
    },
    name: caller.name,
    isLoggedIn: caller.kind !== 'anonymous',
    may: (scope) => may(caller, scope),
    denialReason: (scope, action) => (may(caller, scope) ? null : reasonOf(caller, scope, action)),
  }
})

function reasonOf(caller: Caller, scope: Scope, action: string): string {
  if (caller.kind === 'anonymous') return `Log in to ${action}.`
  return `Your role cannot ${action}; only ${rolesWith(scope)} can. Ask an admin to change your role.`
}

/** Reads the headers first: at build time there is no request, and no running product either. */
async function callerOfRequest() {
  const cookie = (await headers()).get('cookie')
  // pages are for people: an API key is valid for the API only
  return darkroom().auth.callerOf(new Headers(cookie === null ? {} : { cookie }))
}

async function ownOrigin(): Promise<string> {
  const sent = await headers()
  return originOf({ header: (name) => sent.get(name) }, darkroom().settings())
}

/** For the page of the user's own account, which OPEN_ACTIONS does not make public. */
export async function requireAccount(path: string): Promise<CurrentUser> {
  const user = await currentUser()
  if (!user.may('account')) redirect(loginAt(path))
  return user
}

/** For pages that need a login unless OPEN_ACTIONS is set: redirects to the login, which leads back here. */
export async function requireViewer(path: string): Promise<CurrentUser> {
  const user = await currentUser()
  if (!user.may('view')) redirect(loginAt(path))
  return user
}

/** The login, which leads to `path` afterwards. */
export const loginAt = (path: string): string => `/login?next=${encodeURIComponent(path)}`

type Result<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly failure: { readonly code: string; readonly detail: string; readonly requestId: string }
    }

/** The value, or an error that the page can show. An unexpected error is thrown on, for error.tsx. */
export async function resultOf<T>(context: RequestContext, work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    darkroom().log('info', `A page could not show something: ${error.message}`, {
      request_id: context.requestId,
      code: error.code,
    })
    return { ok: false, failure: { code: error.code, detail: error.message, requestId: context.requestId } }
  }
}

/** The query of a page's URL; of a repeated parameter only the first value. */
export type Query = Readonly<Record<string, string | undefined>>
export type PageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> }

export async function queryOf({ searchParams }: PageProps): Promise<Query> {
  return Object.fromEntries(
    Object.entries(await searchParams).map(([name, value]) => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]),
  )
}
