/**
 * Whether predictions currently succeed, judged by the most recent ones: health must not report success
 * while every prediction fails.
 */
import { isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

/** Fewer consecutive failures may be chance. */
const FEWEST_FAILURES = 5
/** After this time the cause may be gone, and no prediction has been tried since. */
const REMEMBERED_MS = 60_000
/**
 * Errors that the caller cannot fix; any other error shows that the product works. Health itself detects a
 * full disk and a locked database.
 */
const OURS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['internal', 'not_ready', 'bad_bundle'])

export type Outcomes = {
  /** Runs the work and records its outcome. */
  readonly noted: <T>(work: () => Promise<T>) => Promise<T>
  /** A sentence while every prediction fails; otherwise null. */
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
