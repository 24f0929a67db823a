/** What is said of limits: in headers of each limited answer, and in the refusal. What is counted, lib/auth knows.
 *  Names: draft-ietf-httpapi-ratelimit-headers, in the spelling that clients read today. */
import { WINDOW_SECONDS, type Rate } from '#lib/auth/rate.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

type Members = { readonly limit: number; readonly remaining: number; readonly reset_seconds: number }

export const membersOf = ({ limit, remaining, resetSeconds }: Rate): Members => ({ limit, remaining, reset_seconds: resetSeconds })

/** Out of a refusal's members, which an error carries as any values. */
export function rateHeadersOf(members: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, string>> {
  const { limit, remaining, reset_seconds } = members ?? {}
  if (typeof limit !== 'number') return {}
  return { 'ratelimit-limit': String(limit), 'ratelimit-remaining': String(remaining), 'ratelimit-reset': String(reset_seconds), 'ratelimit-policy': `${limit};w=${WINDOW_SECONDS}` }
}

export function tooOften(rate: Rate): DarkroomError {
  return new DarkroomError(
    'rate_limited',
    { what: 'This was asked too often', why: `${rate.limit.toLocaleString('en')} requests of this kind are taken in a minute`, remedy: `Try again in ${rate.resetSeconds} seconds, or use an API key, which may more.` },
    { retryAfterSeconds: rate.resetSeconds, members: membersOf(rate) },
  )
}
