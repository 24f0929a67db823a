/** Whether one more prediction may begin: bounded by how long it would have to wait, not by a count. It computes
 *  nothing and knows no HTTP. */
import { isDarkroomError, type DarkroomError } from '#lib/domain/errors.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'
import { overloaded } from './refusals.ts'

/** Longer waits are refused. At 1,000 predictions/s of a process 120 may be under way in it. */
const LONGEST_WAIT_MS = 120
/** Once predictions have been refused for a while, the queue does not absorb a burst any more, it only makes
 *  everybody wait: then so long (controlled delay: Nichols and Jacobson 2012). */
const OVERLOADED_WAIT_MS = 40
/** What was admitted before an overload has waited so long when its turn comes, because refusing takes the time of
 *  the process: it is refused as well, or those after it would wait as long. */
const STALE_MS = 50
/** Refusals for so long, with no pause as long as `BURST_MS`, are an overload and not a burst. */
const OVERLOADED_AFTER_MS = 20
/** After so long without a refusal, the overload is over. */
const BURST_MS = 50
/** So many are admitted however slow the machine, over all processes, while none is refused: 200 connections at a
 *  time are served, also when the system gives one of two processes 140 of them. */
const ALWAYS_ADMITTED = 288
/** Enough to keep the engines busy, over all processes. */
const LEAST_ADMITTED = 48
/** Making an error takes 10 µs, a tenth of a refusal: its figures are as recent as this. */
const ERROR_MS = 25
/** Until it is known better. */
const FIRST_COST_MS = 1
/** With fewer under way, their time says how long one takes, not how many are finished in a second. */
const BUSY_FROM = 24
/** Weight of one more prediction in the moving average: it forgets within about 50. */
const WEIGHT = 0.02

export type Admission = {
  readonly isFull: () => boolean
  /** Why one more is refused, and counted as such; null: it is admitted. */
  readonly refusal: () => DarkroomError | null
  /** Does the work, or refuses it with `overloaded`. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>
  /** How long a prediction that was admitted may wait for the engine: without limit while none is refused. */
  readonly longestWaitMs: () => number
  readonly figures: () => { readonly running: number; readonly limit: number; readonly refused: number }
}

/** `isStorm`: whether hundreds of clients have just connected, so that more requests are on their way than can be
 *  counted here. `sharing`: how many processes share the fixed limits. */
export function createAdmission(
  clock: Pick<SteadyClock, 'now'>,
  isStorm: () => boolean = () => false,
  sharing = 1,
): Admission {
  let running = 0
  let refused = 0
  /** Milliseconds from one finished prediction to the next while many are under way: the inverse of the rate. */
  let costMs = FIRST_COST_MS
  let firstRefusal = -Infinity
  let lastRefusal = -Infinity
  let lastError: { readonly error: DarkroomError; readonly at: number } | null = null

  function limit(): number {
    return isOverloaded() || isStorm()
      ? Math.max(Math.ceil(LEAST_ADMITTED / sharing), Math.floor(OVERLOADED_WAIT_MS / costMs))
      : Math.max(Math.ceil(ALWAYS_ADMITTED / sharing), Math.floor(LONGEST_WAIT_MS / costMs))
  }

  const isOverloaded = (): boolean =>
    clock.now() - lastRefusal < BURST_MS && lastRefusal - firstRefusal > OVERLOADED_AFTER_MS

  const isFull = (): boolean => running >= limit()

  function refusal(): DarkroomError | null {
    if (!isFull()) return null
    refused += 1
    const now = clock.now()
    if (now - lastRefusal >= BURST_MS) firstRefusal = now
    lastRefusal = now
    if (lastError === null || now - lastError.at > ERROR_MS)
      lastError = { error: overloaded(running, running * costMs), at: now }
    return lastError.error
  }

  async function run<T>(work: () => Promise<T>): Promise<T> {
    const why = refusal()
    if (why) throw why
    running += 1
    const [ahead, began] = [running, clock.now()]
    try {
      const done = await work()
      // As many as were under way have been finished meanwhile (Little's law).
      if (ahead >= BUSY_FROM) costMs += WEIGHT * ((clock.now() - began) / ahead - costMs)
      return done
    } catch (error) {
      if (isDarkroomError(error) && error.code === 'overloaded') refused += 1
      throw error
    } finally {
      running -= 1
    }
  }

  const longestWaitMs = (): number => (clock.now() - lastRefusal < BURST_MS ? STALE_MS : Infinity)

  return { isFull, refusal, run, longestWaitMs, figures: () => ({ running, limit: limit(), refused }) }
}
