/** Who looks at a page, what they may do, and how a page asks the running program in their name. It decides
 *  no rights: lib/http does. */
import { randomUUID } from 'node:crypto'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { Caller, Scope } from '#lib/contracts/contract.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { may, originOf, rolesWith } from '#lib/http/access.ts'
import { darkroom, type Asked } from '#lib/http/context.ts'

const PATIENCE_MS = 60_000 // a comparison of two versions may compute that long

export type Visitor = {
  readonly asked: Asked
  readonly name: string | null
  readonly isKnown: boolean
  readonly may: (scope: Scope) => boolean
  /** Why an action is not offered, in one sentence; null where it is. */
  readonly whyNot: (scope: Scope, action: string) => string | null
}

/** Once per request, however many parts of the page ask. */
export const visitor = cache(async (): Promise<Visitor> => {
  const caller = await darkroomCaller()
  return {
    asked: {
      caller,
      signal: AbortSignal.timeout(PATIENCE_MS),
      requestId: randomUUID(),
      origin: await ownOrigin(),
    },
    name: caller.name,
    isKnown: caller.kind !== 'stranger',
    may: (scope) => may(caller, scope),
    whyNot: (scope, action) => (may(caller, scope) ? null : reasonOf(caller, scope, action)),
  }
})

function reasonOf(caller: Caller, scope: Scope, action: string): string {
  if (caller.kind === 'stranger') return `Log in to ${action}.`
  return `Your role cannot ${action}; only ${rolesWith(scope)} can. Ask an admin to change your role.`
}

/** The headers come first: without a request (at build time) there is neither a caller nor a running program. */
async function darkroomCaller() {
  const cookie = (await headers()).get('cookie')
  // pages are for people: a key opens the API alone
  return darkroom().auth.callerOf(new Headers(cookie === null ? {} : { cookie }))
}

async function ownOrigin(): Promise<string> {
  const sent = await headers()
  return originOf({ header: (name) => sent.get(name) }, darkroom().settings())
}

/** For the page of a person's own account: OPEN_ACTIONS does not open it. */
export async function personOnly(path: string): Promise<Visitor> {
  const found = await visitor()
  if (!found.may('account')) redirect(`/login?next=${encodeURIComponent(path)}`)
  return found
}

/** For pages that need a login, unless the owner opened them to all: a stranger goes there and comes back. */
export async function knownVisitor(path: string): Promise<Visitor> {
  const found = await visitor()
  if (!found.may('view')) redirect(`/login?next=${encodeURIComponent(path)}`)
  return found
}

type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly failure: { readonly code: string; readonly detail: string; readonly requestId: string }
    }

/** What the program answers, or why not, in words that a page can show. A bug stays an exception, for
 *  error.tsx. */
export async function answered<T>(asked: Asked, work: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    darkroom().log('info', `A page could not show something: ${error.message}`, {
      request_id: asked.requestId,
      code: error.code,
    })
    return { ok: false, failure: { code: error.code, detail: error.message, requestId: asked.requestId } }
  }
}

/** The query of a page's address, as far as each name stands there once. */
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
