/**
 * Rate limits in responses: the headers of each limited response, and the refusal. lib/auth counts the
 * requests. Names: draft-ietf-httpapi-ratelimit-headers, in the spelling that clients support today.
 */
import type { Rate } from '#lib/auth/rate-state.ts'
import { waitWords, windowWords } from '#lib/domain/rate-limit.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

type Members = {
  readonly limit: number
  readonly remaining: number
  readonly reset_seconds: number
  readonly window_seconds: number
}

export const membersOf = ({ limit, remaining, resetSeconds, windowSeconds }: Rate): Members => ({
  limit,
  remaining,
  reset_seconds: resetSeconds,
  window_seconds: windowSeconds,
})

/** Reads the members of a refusal, which an error carries untyped. */
export function rateHeadersOf(
  members: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> {
  const { limit, remaining, reset_seconds, window_seconds } = members ?? {}
  if (typeof limit !== 'number') return {}
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(reset_seconds),
    'ratelimit-policy': `${limit};w=${String(window_seconds)}`,
  }
}

export function tooOften(rate: Rate): DarkroomError {
  return new DarkroomError(
    'rate_limited',
    {
      what: 'Rate limit exceeded',
      why:
        `at most ${rate.limit.toLocaleString('en')} requests of this kind are allowed in ` +
        `${windowWords(rate.windowSeconds)}`,
      remedy: `Try again in ${waitWords(rate.resetSeconds)}, or use an API key, which has a higher limit.`,
    },
    { retryAfterSeconds: rate.resetSeconds, members: membersOf(rate) },
  )
}
