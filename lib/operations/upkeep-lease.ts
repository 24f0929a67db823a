/**
 * Upkeep is done by one worker at a time for all hosts that share the data: the one that holds the lease. It knows
 * neither what the work is nor how the lease is stored.
 */
import type { Data } from '#lib/data/data.ts'

const NAME = 'upkeep'
/** Another worker continues this long after a holder was killed. */
const LEASE_MS = 15_000
/** To be extended this often: two failures in a row are tolerated. */
export const UPKEEP_BEAT_MS = 4_000

export type UpkeepLease = {
  /** Takes or extends the lease. Calls `acquired` whenever this process did not hold it before. */
  readonly turn: () => Promise<void>
  /** Whether this process may do the work now. */
  readonly isHeld: () => boolean
  readonly leave: () => Promise<void>
}

type UpkeepParts = {
  readonly hosts: Pick<Data['hosts'], 'takeLease' | 'leaveLease'>
  /** Names this process among all hosts. */
  readonly holder: string
  /** Of a clock that is never set back. */
  readonly now: () => number
  readonly acquired: () => void
}

export function createUpkeepLease({ hosts, holder, now, acquired }: UpkeepParts): UpkeepLease {
  let heldUntil = -Infinity
  const isHeld = (): boolean => now() < heldUntil
  return {
    isHeld,
    async turn() {
      const requestedAt = now() // before the request: the store counts from a later time
      const hadIt = isHeld()
      if (!(await hosts.takeLease(NAME, holder, LEASE_MS))) {
        heldUntil = -Infinity
        return
      }
      heldUntil = requestedAt + LEASE_MS
      if (!hadIt) acquired()
    },
    async leave() {
      if (!isHeld()) return
      heldUntil = -Infinity
      await hosts.leaveLease(NAME, holder)
    },
  }
}
