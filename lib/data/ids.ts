/**
 * Ids of rows: UUIDv7 (RFC 9562, method 1), which increase in order of creation within one process and by
 * the millisecond across processes. Not secrets: an id reveals its time.
 */
import { randomFillSync } from 'node:crypto'

type Chance = (bytes: Uint8Array) => void

/** Random bytes are requested from the system for so many ids at a time: each request costs 2 µs. */
const POOL_BYTES = 4_096
const pool = new Uint8Array(POOL_BYTES)
let used = POOL_BYTES

/** Fills a short array with cryptographically random bytes. */
export function randomBytesInto(bytes: Uint8Array): void {
  if (used + bytes.length > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  bytes.set(pool.subarray(used, used + bytes.length))
  used += bytes.length
}

const COUNTER_BITS = 12

/** A maker of ids. When 4,096 fall into one millisecond, or the clock steps back, it runs ahead of the clock
 *  instead of repeating. */
export function createIds(clock: { readonly now: () => number }, chance: Chance): () => string {
  const random = new Uint8Array(8)
  let last = 0
  let counter = 0
  return () => {
    const now = clock.now()
    if (now > last) {
      last = now
      counter = 0
    } else {
      counter += 1
      if (counter >> COUNTER_BITS) {
        last += 1
        counter = 0
      }
    }
    chance(random)
    const time = last.toString(16).padStart(12, '0')
    const count = counter.toString(16).padStart(3, '0')
    random[0] = (random[0]! & 0x3f) | 0x80
    const rest = Buffer.from(random).toString('hex')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${rest.slice(0, 4)}-${rest.slice(4)}`
  }
}
