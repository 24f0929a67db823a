/** What a count says to who asked: how much is allowed, what remains, when it begins anew. How it is counted stands in limits.ts. */
import type { Caller } from '#lib/contracts/contract.ts'

export const WINDOW_SECONDS = 60

export type Rate = { readonly isAllowed: boolean; readonly limit: number; readonly remaining: number; readonly resetSeconds: number }

/** Who is counted: a key, a person, else the address that a request comes from. */
export type WhoAsks = { readonly caller: Caller; readonly address: string }
