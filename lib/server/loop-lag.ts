/** How late this process is with what it has to do at a time: the delay of a timer, which grows with all that
 *  waits for its only thread. */
const LOOK_EVERY_MS = 25
/** Of an earlier delay, what is left at each look: a pause of 300 ms is forgotten within 50 ms, steady
 *  lateness is not. */
const KEPT = 0.7

export function watchLoopLag(): Disposable & { readonly lagMs: () => number } {
  let lag = 0
  let due = performance.now() + LOOK_EVERY_MS
  const timer = setInterval(() => {
    const now = performance.now()
    lag = Math.max(now - due, lag * KEPT)
    due = now + LOOK_EVERY_MS
  }, LOOK_EVERY_MS)
  timer.unref()
  return { lagMs: () => Math.max(lag, performance.now() - due), [Symbol.dispose]: () => clearInterval(timer) }
}
