/** The real time, for rooms that get theirs as an argument. */
import type { SteadyClock } from '#lib/serving/ports.ts'

/** Milliseconds that only grow. */
export const steadyClock: SteadyClock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}

/** Milliseconds since 1970. */
export const wallClock = { now: () => Date.now() }
