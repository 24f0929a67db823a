/** What a lock of another program on the database file means for us: try again a little later without
 *  blocking, until a deadline, then say so. It does not take locks itself; connection.ts and adapter.ts do.
 *  See docs/decisions/0017. */
import { setTimeout as wait } from 'node:timers/promises'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'

/** How long SQLite itself waits for a lock. It blocks the thread, so it covers only what our own processes
 *  take for a transaction (1 ms). */
export const BUSY_TIMEOUT_MS = 2
/**
 * How long a write waits for another program's lock before its caller gets an error: as long as a person
 * would wait.
 */
export const WRITE_PATIENCE_MS = 5_000
/** Between two attempts: from what a transaction of ours takes, to a pause after which a freed lock is
 *  noticed soon enough. */
const FIRST_DELAY_MS = 1
const LONGEST_DELAY_MS = 50
const RETRY_AFTER_SECONDS = 5

/** Primary result codes, https://www.sqlite.org/rescode.html: BUSY with its kinds (RECOVERY, SNAPSHOT,
 *  TIMEOUT), LOCKED, and PROTOCOL, which is a race while a WAL is opened. In each nothing was done, and the
 *  same may work a moment later. */
const PASSING: readonly number[] = [5, 6, 15]

export const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  PASSING.includes(error.errcode & 255)

export const databaseBusy = (waitedMs: number, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'database_busy',
    {
      what: 'Nothing was stored',
      why:
        'another program has locked the database for ' +
        `${waitedMs < 1_000 ? 'too long' : `more than ${Math.floor(waitedMs / 1_000)} s`}`,
      remedy:
        'Try again in a few seconds. If this continues, close the program that has the database file ' +
        'open, such as a backup tool or an SQLite shell.',
    },
    { cause, retryAfterSeconds: RETRY_AFTER_SECONDS },
  )

/** A lock as this process knows it. */
export type Lock = {
  /** Runs `attempt` now, and again while a lock refuses it, until `deadline`, in milliseconds of
   *  `performance.now()`. */
  readonly whenFree: <T>(attempt: () => T, deadline: number) => MaybePromise<T>
  /** How long every attempt has been refused; null: the last one was not. */
  readonly heldForMs: () => number | null
  /** Ends the waiting: the connection closes. */
  readonly abort: () => void
}

export function watchLock(): Lock {
  let heldSince: number | null = null
  let isOver = false
  function answered<T>(attempt: () => T): T {
    const answer = attempt()
    heldSince = null
    return answer
  }

  /** Repeats an attempt that a lock has just refused with `refusal`. */
  async function again<T>(attempt: () => T, deadline: number, refusal: unknown): Promise<T> {
    const startedAt = performance.now()
    for (let delay = FIRST_DELAY_MS, last = refusal; ; delay = Math.min(2 * delay, LONGEST_DELAY_MS)) {
      const now = performance.now()
      heldSince ??= now
      if (now >= deadline) throw databaseBusy(now - startedAt, last)
      // so that waiting processes do not retry at the same moments
      await wait(Math.min(deadline - now, delay * (0.5 + Math.random() / 2)))
      if (isOver) throw databaseBusy(performance.now() - startedAt)
      try {
        return answered(attempt)
      } catch (error) {
        if (!isBusy(error)) throw error
        last = error
      }
    }
  }

  return {
    whenFree(attempt, deadline) {
      if (isOver) throw databaseBusy(0)
      try {
        return answered(attempt)
      } catch (error) {
        if (!isBusy(error)) throw error
        return again(attempt, deadline, error)
      }
    },
    heldForMs: () => (heldSince === null ? null : performance.now() - heldSince),
    abort: () => {
      isOver = true
    },
  }
}
