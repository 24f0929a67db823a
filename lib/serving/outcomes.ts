/** Whether predictions succeed, by what became of the last ones: health must not say that all is well while
 *  every one of them fails. */
import { isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

/** So many failures without a success in between are no accident. */
const FEWEST_FAILURES = 5
/** Afterwards nobody knows: the cause may be gone, and no prediction has been tried since. */
const REMEMBERED_MS = 60_000
/** What a caller cannot do anything about; other errors say that the product works. A full disk and a locked
 *  database health knows by itself. */
const OURS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['internal', 'not_ready', 'bad_bundle'])

export type Outcomes = {
  /** Does the work and notes what became of it. */
  readonly noted: <T>(work: () => Promise<T>) => Promise<T>
  /** A sentence while every prediction fails; null else. */
  readonly failing: () => string | null
}

export function createOutcomes(clock: Pick<SteadyClock, 'now'>): Outcomes {
  let failures = 0
  let last = { at: -Infinity, reason: '' }

  async function noted<T>(work: () => Promise<T>): Promise<T> {
    try {
      const done = await work()
      failures = 0
      return done
    } catch (error) {
      if (isDarkroomError(error) && !OURS.has(error.code)) throw error
      failures += 1
      last = {
        at: clock.now(),
        reason: isDarkroomError(error) ? error.why : 'an internal error occurred (see the log)',
      }
      throw error
    }
  }

  return {
    noted,
    failing: () =>
      failures >= FEWEST_FAILURES && clock.now() - last.at < REMEMBERED_MS
        ? `The last ${failures} predictions failed: ${last.reason}.`
        : null,
  }
}
