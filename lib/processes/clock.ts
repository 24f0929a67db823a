/** The real time, for rooms that get theirs as an argument. */
import { setTimeout as wait } from 'node:timers/promises'
import type { WorkerClock } from '#lib/jobs/worker.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

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

/** Milliseconds since 1970, for who waits: woken early by the signal, never rejecting. */
export const patientClock: WorkerClock = {
  now: () => Date.now(),
  wait: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
}
