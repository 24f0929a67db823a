/**
 * How late this process runs: the delay of a timer, which grows with everything that waits for the only
 * thread.
 */
const LOOK_EVERY_MS = 25
/**
 * The share of an earlier delay that remains at each check: a pause of 300 ms is forgotten within 50 ms, a
 * lasting delay is not.
 */
const REMAINING = 0.7

export function watchLoopLag(): Disposable & { readonly lagMs: () => number } {
  let lag = 0
  let due = performance.now() + LOOK_EVERY_MS
  const timer = setInterval(() => {
    const now = performance.now()
    lag = Math.max(now - due, lag * REMAINING)
    due = now + LOOK_EVERY_MS
  }, LOOK_EVERY_MS)
  timer.unref()
  return { lagMs: () => Math.max(lag, performance.now() - due), [Symbol.dispose]: () => clearInterval(timer) }
}
