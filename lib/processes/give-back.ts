/** Where memory is scarce, a process gives back what it does not need whenever it has grown, instead of when V8 finds it worth the while.
 *  Who starts it decides whether memory is scarce: by the flag `--expose-gc` (memory.ts). */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 1_000
/** Less is not worth the 10 to 40 ms that collecting takes. */
const GROWN_BYTES = 8 * 1024 ** 2

type Heap = { readonly bytes: () => number; readonly collect: () => void }

/** @returns what looks once: after growing it collects, and counts growth from there. */
export function givingBack({ bytes, collect }: Heap): () => void {
  let settled = 0
  return () => {
    const now = bytes()
    if (now >= settled + GROWN_BYTES) {
      collect()
      settled = bytes()
    } else settled = Math.min(settled, now)
  }
}

/** Does nothing in a process that was started without the flag. */
export function giveBackGarbage(): void {
  const collect = globalThis.gc
  if (collect) setInterval(givingBack({ bytes: () => process.memoryUsage.rss(), collect: () => void collect() }), LOOK_EVERY_MS).unref()
}

/** For the process that is the first and was started by others: as if it had the flag. */
export function allowGivingBack(): void {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc') as typeof globalThis.gc // V8 puts it into new contexts only
}
