/** Ends connections whose body comes too slowly: a thousand of them would otherwise hold a place each for ever. A body that waits
 *  because we read slowly is not theirs to answer for. */
import type { IncomingMessage } from 'node:http'

/** PRODUCT.md §4: less than 1 kB/s for 30 s. */
const WINDOW_MS = 30_000
const LEAST_BYTES = 30_000
const LOOK_EVERY_MS = 5_000

type Watched = { since: number; bytes: number }

export type SlowSenders = Disposable & { readonly watch: (message: IncomingMessage) => void }

/** Calls back again and again; what it answers ends that. */
type Every = (ms: number, then: () => void) => () => void

export function watchSlowSenders(now: () => number, every: Every = byTimer): SlowSenders {
  const open = new Map<IncomingMessage, Watched>()
  const stop = every(LOOK_EVERY_MS, () => {
    for (const [message, seen] of open) judge(message, seen)
  })

  function judge(message: IncomingMessage, seen: Watched): void {
    const bytes = message.socket.bytesRead
    const isOurs = message.readableLength > 0 || message.isPaused()
    if (isOurs || bytes - seen.bytes >= LEAST_BYTES) Object.assign(seen, { since: now(), bytes })
    else if (now() - seen.since >= WINDOW_MS) message.socket.destroy()
  }

  return {
    watch(message) {
      if (message.method === 'GET' || message.method === 'HEAD' || message.complete) return
      open.set(message, { since: now(), bytes: message.socket.bytesRead })
      const forget = () => open.delete(message)
      message.once('end', forget)
      message.once('close', forget)
    },
    [Symbol.dispose]: stop,
  }
}

function byTimer(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms)
  timer.unref()
  return () => clearInterval(timer)
}
