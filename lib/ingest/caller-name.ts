/** Who made a change, for the log of changes and the trash; the command line and tests have no caller. */
import type { Caller } from '#lib/contracts/contract.ts'

export const nameOfCaller = (request?: { readonly caller: Pick<Caller, 'kind' | 'name'> }): string =>
  request?.caller.name ?? request?.caller.kind ?? 'Darkroom'
