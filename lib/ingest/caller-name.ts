/** The name of the user who made a change, for the change log and the trash; null for commands and tests. */
import type { Caller } from '#lib/contracts/contract.ts'

export const nameOfCaller = (request?: { readonly caller: Pick<Caller, 'kind' | 'name'> }): string =>
  request?.caller.name ?? request?.caller.kind ?? 'Darkroom'
