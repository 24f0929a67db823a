/**
 * For tests: a clock that the test advances. A wait on it ends when its time has passed, or when its signal
 * fires.
 */
import { setImmediate as turn, setTimeout as realTime } from 'node:timers/promises'
import type { WorkerClock } from './worker.ts'

type Sleeper = { readonly until: number; readonly wake: () => void }

/** Enough turns of the event loop for the effects of a wake-up: a few small transactions. */
const TURNS = 30
/** The same where a server answers. */
const SERVER_MS = process.env['TEST_DATABASE'] === 'postgresql' ? 20 : 0

export function fakeClock(
  start: number,
): WorkerClock & { readonly advance: (ms: number) => Promise<void>; readonly turn: () => void } {
  let now = start
  const sleepers = new Set<Sleeper>()
  const wakeDue = (): void => {
    for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake()
  }
  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper)
            signal.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', sleeper.wake, { once: true })
        sleepers.add(sleeper)
      }),
    /** Half a second passes, noticed by the next reader of the clock. */
    turn: () => {
      now += 500
      wakeDue()
    },
    async advance(ms) {
      now += ms
      wakeDue()
      for (let i = 0; i < TURNS; i++) await turn()
      if (SERVER_MS > 0) await realTime(SERVER_MS)
    },
  }
}
