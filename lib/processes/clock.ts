/** The real time, for modules that receive theirs as an argument. */
import { setTimeout as wait } from 'node:timers/promises'
import type { WorkerClock } from '#lib/jobs/worker.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

/** Monotonic, in milliseconds. */
export const steadyClock: SteadyClock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}

/** Milliseconds since 1970. */
export const wallClock = { now: () => Date.now() }

/** Milliseconds since 1970, for code that waits: the signal ends the wait early, and it never rejects. */
export const patientClock: WorkerClock = {
  now: () => Date.now(),
  wait: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
}
