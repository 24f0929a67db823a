/** How often somebody may guess: counts failures per address over the last minute. It forgets with the process; it is no list of enemies. */

export const MOST_FAILURES = 10
export const WINDOW_MS = 60_000
/** More addresses than this at once are an attack that counting does not stop; the oldest are forgotten. */
const MOST_ADDRESSES = 10_000

export type Throttle = {
  /** Seconds until this address may try again; 0: now. */
  readonly secondsToWait: (address: string) => number
  readonly failed: (address: string) => void
}

export function createThrottle(now: () => number): Throttle {
  const failures = new Map<string, number[]>()
  const recent = (address: string): number[] => (failures.get(address) ?? []).filter((at) => at > now() - WINDOW_MS)
  return {
    secondsToWait(address) {
      const [oldest, ...others] = recent(address).slice(-MOST_FAILURES)
      return oldest === undefined || others.length + 1 < MOST_FAILURES ? 0 : Math.ceil((oldest + WINDOW_MS - now()) / 1_000)
    },
    failed(address) {
      const times = [...recent(address).slice(-MOST_FAILURES), now()]
      failures.delete(address)
      failures.set(address, times)
      const oldest = failures.size > MOST_ADDRESSES ? failures.keys().next().value : undefined
      if (oldest !== undefined) failures.delete(oldest)
    },
  }
}
