/** What a count says to who asked: how much is allowed, what remains, how long the window is and when it
 *  ends. How it is counted stands in limits.ts. */
import type { Caller } from '#lib/contracts/contract.ts'

export type Rate = {
  readonly isAllowed: boolean
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
  readonly windowSeconds: number
}

/** Who is counted: a key, a person, else the address that a request comes from; for a login, the account that
 *  is tried from there. */
export type RateLimitSubject = {
  readonly caller: Caller
  readonly address: string
  readonly account?: string
}
