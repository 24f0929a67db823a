/**
 * The state of a rate limit for one caller: the limit, what remains, the window's length and its end.
 * rate-limits.ts counts.
 */
import type { Caller } from '#lib/contracts/contract.ts'

export type Rate = {
  readonly isAllowed: boolean
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
  readonly windowSeconds: number
}

/**
 * The subject that is counted: a key, a person, otherwise the address of the request; for a login, the
 * account that is tried from there.
 */
export type RateLimitSubject = {
  readonly caller: Caller
  readonly address: string
  readonly account?: string
}
