/** How many connections this process has just accepted. Hundreds within a quarter of a second are new clients that
 *  have not been answered yet: their requests arrive faster than any response can slow them down. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const WINDOW_MS = 250
/** 200 clients that connect at once and wait for each response can be served. */
const STORM_CONNECTIONS = 256
/** Node publishes each accepted connection here (its documentation of diagnostics_channel, "Net"). */
const ACCEPTED = 'net.server.socket'

/** `sharing`: how many processes accept, each of which gets its share of the connections. */
export function watchConnections(
  sharing = 1,
  now: () => number = () => performance.now(),
): Disposable & {
  /** Whether more than its share of 256 connections were accepted in the last 250 ms. */
  readonly isStorm: () => boolean
} {
  const most = Math.ceil(STORM_CONNECTIONS / sharing)
  /** When the last ones were accepted, oldest at `next`. */
  const times = new Float64Array(most).fill(-Infinity)
  let next = 0
  const count = () => {
    times[next] = now()
    next = (next + 1) % most
  }
  subscribe(ACCEPTED, count)
  return {
    isStorm: () => now() - times[next]! < WINDOW_MS,
    [Symbol.dispose]: () => void unsubscribe(ACCEPTED, count),
  }
}
