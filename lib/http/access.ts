/** Which caller may use which route: compares a contract's scope with the caller. lib/auth identifies the caller. */
import { SCOPES_OF_ROLE } from '#lib/auth/rights.ts'
import type { Caller, Contract, Scope } from '#lib/contracts/contract.ts'
import { ROLES } from '#lib/contracts/people.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { Darkroom } from './context.ts'
import type { IncomingRequest } from './incoming.ts'
import { requireAllowedOrigin, requireOwnOrigin } from './origin.ts'

export const ANONYMOUS: Caller = { kind: 'anonymous', id: null, name: null, scopes: [] }

const CREDENTIALS = ['cookie', 'authorization', 'x-api-key'] as const

/** The caller, if permitted; throws 401 or 403 otherwise. */
export function admit(
  contract: Contract,
  incoming: IncomingRequest,
  program: Darkroom,
): MaybePromise<Caller> {
  const isForAll =
    contract.scope === 'open' || (contract.scope === 'predict' && program.settings().publicPredict)
  if (isForAll && !CREDENTIALS.some((name) => incoming.header(name) !== null)) return ANONYMOUS
  return identified(contract, incoming, { program, isForAll })
}

async function identified(
  contract: Contract,
  incoming: IncomingRequest,
  { program, isForAll }: { readonly program: Darkroom; readonly isForAll: boolean },
): Promise<Caller> {
  const caller = await program.auth.callerOf(incoming.headers)
  const isAllowed =
    caller.kind === 'link' ? mayByLink(caller, contract) : isForAll || may(caller, contract.scope)
  if (!isAllowed) throw refusal(caller, contract.scope)
  if (contract.method !== 'GET') requireOrigin(incoming, { caller, isForAll, settings: program.settings() })
  return caller
}

/** Browsers send requests of any page, with the cookies of Darkroom and from inside a network that they can reach. */
function requireOrigin(
  incoming: IncomingRequest,
  given: {
    readonly caller: Caller
    readonly isForAll: boolean
    readonly settings: ReturnType<Darkroom['settings']>
  },
): void {
  const { caller, isForAll, settings } = given
  if (caller.kind === 'person') requireOwnOrigin(incoming, settings)
  if (caller.kind === 'anonymous' && !isForAll) requireAllowedOrigin(incoming, settings)
}

/** A phone link opens the routes of phones, and predicting where it allows that: no public route either. */
const mayByLink = ({ link }: Caller, { scope, isForPhones = false }: Contract): boolean =>
  scope === 'phone' || (isForPhones && link?.mayPredict === true)

export function may(caller: Caller, scope: Scope): boolean {
  if (scope === 'phone' || caller.kind === 'link') return scope === 'phone' && caller.kind === 'link'
  if (scope === 'open') return true
  if (scope === 'predict') return caller.kind !== 'anonymous'
  if (scope === 'account') return caller.kind === 'person'
  return caller.scopes.includes(scope) || caller.scopes.includes('admin')
}

/** "editors and admins": the roles that have a scope. */
export const rolesWith = (scope: Scope): string =>
  ROLES.filter((role) => SCOPES_OF_ROLE[role].includes(scope))
    .map((role) => `${role}s`)
    .join(' and ')

function refusal(caller: Caller, scope: Scope): DarkroomError {
  if (caller.kind === 'anonymous') {
    return new DarkroomError('unauthenticated', {
      what: 'Authentication is required',
      why: 'the request has neither a session nor an API key',
      remedy: 'Log in at /login, or send an API key as "Authorization: Bearer …".',
    })
  }
  if (scope === 'account')
    return new DarkroomError('forbidden', {
      what: 'You do not have access',
      why: 'this route is for user accounts, and the request uses an API key',
      remedy: 'Log in at /login.',
    })
  if (caller.kind === 'link')
    return new DarkroomError('forbidden', {
      what: 'You do not have access',
      why: 'a phone link can only add images to its classifier and, if its creator allowed it, predict with it',
      remedy: 'Log in at /login.',
    })
  if (scope === 'phone')
    return new DarkroomError('forbidden', {
      what: 'You do not have access',
      why: 'this route is for phone links',
      remedy: 'Upload the images to /api/upload.',
    })
  if (caller.kind === 'key')
    return new DarkroomError('forbidden', {
      what: 'You do not have access',
      why: `this key does not have the "${scope}" scope`,
      remedy: 'Ask an admin for a key that has it.',
    })
  return new DarkroomError('forbidden', {
    what: 'You do not have access',
    why: `${caller.name ?? 'this account'} does not have the "${scope}" right; only ${rolesWith(scope)} do`,
    remedy: 'Ask an admin to change your role.',
  })
}
