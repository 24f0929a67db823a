/** A clock that the test advances, for the ports of this module. Nothing that can be real is faked. */
import type { SteadyClock } from '#lib/domain/ports.ts'

export type FakeClock = SteadyClock & {
  readonly advance: (ms: number) => void
  readonly timers: () => number
}

export function fakeClock(): FakeClock {
  let now = 0
  let timers: { at: number; then: () => void }[] = []
  const advance = (ms: number) => {
    const end = now + ms
    for (;;) {
      const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      timers = timers.filter((t) => t !== next)
      now = next.at
      next.then()
    }
    now = end
  }
  return {
    now: () => now,
    after: (ms, then) => {
      const timer = { at: now + ms, then }
      timers.push(timer)
      return () => {
        timers = timers.filter((t) => t !== timer)
      }
    },
    advance,
    timers: () => timers.length,
  }
}
