/** When a process that ended by itself is restarted: the same rule for all processes. It starts nothing. */

/** Waiting times after the first, second, … failed start in a row. A single failure is not a pattern. */
const BACK_OFF_MS = [0, 200, 500, 1_000, 2_000, 5_000, 10_000] as const
/** How often in a row a start that was killed from outside is repeated at once; after that, memory may be
 *  the cause. */
const FREE_KILLS = 10
const KILLS: readonly string[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']

/** Whether a process ended because of a signal that others send: a person, or the system that needs memory. */
export const isKilled = (cause: string): boolean => KILLS.includes(cause)

export type Restarts = {
  /** The process can do its work. */
  readonly started: () => void
  /** How long to wait before it is restarted. `cause`: the signal that ended it, or what else is known. */
  readonly ended: (cause: string) => { readonly waitMs: number; readonly failedStarts: number }
}

/** A process that had started is restarted at once, however often it ends: waiting would only keep its clients
 *  waiting. Only one that fails to start waits longer each time. */
export function createRestarts(): Restarts {
  let isStarted = false
  let failedStarts = 0
  let kills = 0
  return {
    started() {
      isStarted = true
      failedStarts = 0
      kills = 0
    },
    ended(cause) {
      const isForgiven = isStarted || (isKilled(cause) && ++kills <= FREE_KILLS)
      if (!isForgiven) failedStarts += 1
      const waitMs = isForgiven ? 0 : BACK_OFF_MS[Math.min(failedStarts, BACK_OFF_MS.length) - 1]!
      isStarted = false
      return { waitMs, failedStarts }
    },
  }
}
