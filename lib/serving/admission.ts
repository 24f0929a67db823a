/** Whether one more prediction may begin: bounded by how long it would have to wait, not by a count. What is
 *  refused costs next to nothing, so that the work that was admitted goes on at full speed. It computes
 *  nothing and knows no HTTP. */
import type { DarkroomError } from '#lib/domain/errors.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'
import { overloaded } from './refusals.ts'

/** Longer waits are refused. At 1,000 predictions/s 250 may be under way: 200 connections at a time are
 *  served, 600 are not (2026-11). */
const LONGEST_WAIT_MS = 250
/** So many are admitted however slow the machine: they hardly wait where each takes its usual time. */
const ALWAYS_ADMITTED = 128
/** While the process itself lags behind by more than the longest wait, new requests wait in front of it,
 *  uncounted: so few are still admitted. */
const ADMITTED_WHILE_LATE = 96
/** Until it is known better. */
const FIRST_COST_MS = 1
/** With fewer under way, their time says how long one takes, not how many are finished in a second. */
const BUSY_FROM = 32
/** Weight of one more prediction in the moving average: it forgets within about 50. */
const WEIGHT = 0.02

export type Admission = {
  readonly isFull: () => boolean
  /** Why one more is refused, and counted as such; null: there is room. */
  readonly refusal: () => DarkroomError | null
  /** Does the work, or refuses it with `overloaded`. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>
  readonly figures: () => { readonly running: number; readonly limit: number; readonly refused: number }
}

/** `lagMs`: how late the process is with what it has to do at a time. */
export function createAdmission(clock: Pick<SteadyClock, 'now'>, lagMs: () => number = () => 0): Admission {
  let running = 0
  let refused = 0
  /** Milliseconds from one finished prediction to the next while many are under way: the inverse of the rate. */
  let costMs = FIRST_COST_MS

  const limit = (): number =>
    lagMs() > LONGEST_WAIT_MS
      ? ADMITTED_WHILE_LATE
      : Math.max(ALWAYS_ADMITTED, Math.floor(LONGEST_WAIT_MS / costMs))
  const isFull = (): boolean => running >= limit()

  function refusal(): DarkroomError | null {
    if (!isFull()) return null
    refused += 1
    return overloaded(running, running * costMs)
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
    } finally {
      running -= 1
    }
  }

  return { isFull, refusal, run, figures: () => ({ running, limit: limit(), refused }) }
}
