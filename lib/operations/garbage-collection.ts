/**
 * A process collects garbage thoroughly when it has nothing to do, and where memory is small also whenever it has
 * grown, instead of when V8 decides to. Its starter decides so by flags (memory-limits.ts).
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const CHECK_EVERY_MS = 1_000
/** Less is not worth the 10 to 40 ms of a collection. */
const GROWN_BYTES = 8 * 1024 ** 2
/**
 * A process that has not grown for this many checks has finished its work, and has time for the 40 to 120
 * ms of a thorough collection.
 */
const IDLE_CHECKS = 5
const STILL_BYTES = 1024 ** 2
/**
 * A process with less work between two checks is idle: it takes 5 ms without any. Memory is as steady under a constant
 * load, and a thorough collection then drops the compiled code of what is running: it stopped a process that predicts
 * for up to 400 ms, several times a minute, and its code had to be compiled again (2026-11-30).
 */
const IDLE_CPU_MS = 100

type Heap = {
  readonly bytes: () => number
  /** Processor time of the process since its start. */
  readonly cpuMs: () => number
  readonly collect: () => void
  /**
   * Also frees V8's reserves: code that did not run lately, sparsely used pages. 8 to 35 MB of an inference
   * process after its start (2026-11).
   */
  readonly collectThoroughly: () => void
  /** Whether to collect after growth, at the price of up to 40 ms a second under load. */
  readonly isSmall: boolean
}

/**
 * @returns a function that checks once: after growth it collects, and counts growth from there; once the process
 * is idle and its memory stable after that, it collects thoroughly.
 */
export function collector({ bytes, cpuMs, collect, collectThoroughly, isSmall }: Heap): () => void {
  let settled = 0
  let before = 0
  let cpuBefore = 0
  let still = 0
  let isThorough = false
  return () => {
    const now = bytes()
    const cpu = cpuMs()
    const isIdle = isSmall || cpu - cpuBefore < IDLE_CPU_MS // memory is worth more than time where it is scarce
    still = isIdle && Math.abs(now - before) < STILL_BYTES ? still + 1 : 0
    before = now
    cpuBefore = cpu
    if (!isSmall && now >= settled + GROWN_BYTES) {
      settled = now
      isThorough = false
    } else if (now >= settled + GROWN_BYTES) {
      collect()
      settled = bytes()
      isThorough = false
    } else if (still >= IDLE_CHECKS && !isThorough) {
      collectThoroughly()
      settled = bytes()
      isThorough = true
    } else settled = Math.min(settled, now)
  }
}

/** Does nothing in a process that was started without the flag. */
export function collectGarbage(): void {
  const collect = globalThis.gc
  if (!collect) return
  const check = collector({
    isSmall: process.execArgv.some((flag) => flag.startsWith('--max-old-space-size')),
    bytes: () => process.memoryUsage.rss(),
    cpuMs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    },
    collect: () => void collect(),
    collectThoroughly: () => void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  })
  setInterval(check, CHECK_EVERY_MS).unref()
}

/** For the first process, which the user starts: as if it had the flag. */
export function allowCollecting(): void {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc') as typeof globalThis.gc // V8 puts it into new contexts only
}
