/** Where memory is scarce, a process gives back what it does not need whenever it has grown, instead of when
 *  V8 finds it worth the while. Who starts it decides whether memory is scarce: by the flag `--expose-gc`
 *  (memory.ts). */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 1_000
/** Less is not worth the 10 to 40 ms that collecting takes. */
const GROWN_BYTES = 8 * 1024 ** 2
/** A process that stands still for so many looks has done what it grew for, and time for the 40 to 120 ms of
 *  collecting thoroughly. */
const STILL_LOOKS = 5
const STILL_BYTES = 1024 ** 2

type Heap = {
  readonly bytes: () => number
  readonly collect: () => void
  /** Also what V8 keeps in case: code that did not run lately, pages with little in them. 8 to 35 MB of an
   *  inference process that had begun (2026-11). */
  readonly collectThoroughly: () => void
}

/** @returns what looks once: after growing it collects, and counts growth from there; once it stands still
 *  after that, thoroughly. */
export function givingBack({ bytes, collect, collectThoroughly }: Heap): () => void {
  let settled = 0
  let before = 0
  let still = 0
  let isThorough = false
  return () => {
    const now = bytes()
    still = Math.abs(now - before) < STILL_BYTES ? still + 1 : 0
    before = now
    if (now >= settled + GROWN_BYTES) {
      collect()
      settled = bytes()
      isThorough = false
    } else if (still >= STILL_LOOKS && !isThorough) {
      collectThoroughly()
      settled = bytes()
      isThorough = true
    } else settled = Math.min(settled, now)
  }
}

/** Does nothing in a process that was started without the flag. */
export function giveBackGarbage(): void {
  const collect = globalThis.gc
  if (!collect) return
  const look = givingBack({
    bytes: () => process.memoryUsage.rss(),
    collect: () => void collect(),
    collectThoroughly: () => void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  })
  setInterval(look, LOOK_EVERY_MS).unref()
}

/** For the process that is the first and was started by others: as if it had the flag. */
export function allowGivingBack(): void {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc') as typeof globalThis.gc // V8 puts it into new contexts only
}
