/**
 * Recurring work, such as a heartbeat: never concurrent with itself, never an unhandled rejection, and one
 * line in the log when it starts to fail, one a minute while it fails, and one when it recovers. It does
 * not decide when the work is due.
 */
import type { Log } from './log.ts'

/** While the same work keeps failing. */
const LOG_EVERY_MS = 60_000

type RecurringParts = { readonly log: Log; readonly now: () => number }

/**
 * `failing` is the sentence for the log, such as "The counts could not be exchanged". The returned promise
 * never rejects.
 */
export function recurring(
  { log, now }: RecurringParts,
  failing: string,
  work: () => Promise<unknown>,
): () => Promise<void> {
  let running: Promise<void> | null = null
  let failures = 0
  let loggedAt = -Infinity

  function failed(error: unknown): void {
    failures += 1
    if (now() - loggedAt < LOG_EVERY_MS) return
    loggedAt = now()
    log('warn', failures === 1 ? failing : `${failing} (${failures} failures so far)`, { error })
  }

  function worked(): void {
    if (failures > 0)
      log('info', `${failing}: works again after ${failures === 1 ? 'one failure' : `${failures} failures`}`)
    failures = 0
    loggedAt = -Infinity
  }

  return () =>
    (running ??= (async () => work())()
      .then(worked, failed)
      .finally(() => {
        running = null
      }))
}
