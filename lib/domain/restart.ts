/** When a process that ended by itself is started again: one rule for all of them. It starts nothing. */

/** Waiting times after the first, second, … failed start in a row. The first is no pattern yet. */
const BACK_OFF_MS = [0, 200, 500, 1_000, 2_000, 5_000, 10_000] as const
/** So many times in a row a start that was killed from outside is repeated at once; then memory may be what
 *  is missing. */
const FREE_KILLS = 10
const KILLS: readonly string[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']

/** Whether a process ended because of a signal that others send: a person, or the system that needs memory. */
export const isKilled = (cause: string): boolean => KILLS.includes(cause)

export type Restarts = {
  /** It can do its work. */
  readonly started: () => void
  /** How long to wait before it is started again. `cause`: the signal that ended it, or what else is known. */
  readonly ended: (cause: string) => { readonly waitMs: number; readonly failedStarts: number }
}

/** A process that had started is started again at once, however often it ends: waiting would punish those it
 *  serves for what ended it. Only one that fails to start waits longer and longer. */
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
