/** Work that comes again and again, such as a heartbeat: never twice at a time, never an unhandled rejection,
 *  and one line in the log when it begins to fail, one now and then while it does, and one when it works
 *  again. It decides nothing about when the work is due. */
import type { Log } from './log.ts'

/** While the same work goes on failing. */
const TELL_EVERY_MS = 60_000

type RecurringParts = { readonly log: Log; readonly now: () => number }

/** `failing` is the sentence for the log, such as "The counts could not be exchanged". What it answers never
 *  rejects. */
export function recurring(
  { log, now }: RecurringParts,
  failing: string,
  work: () => Promise<unknown>,
): () => Promise<void> {
  let running: Promise<void> | null = null
  let failures = 0
  let toldAt = -Infinity

  function failed(error: unknown): void {
    failures += 1
    if (now() - toldAt < TELL_EVERY_MS) return
    toldAt = now()
    log('warn', failures === 1 ? failing : `${failing} (${failures} failures so far)`, { error })
  }

  function worked(): void {
    if (failures > 0)
      log('info', `${failing}: works again after ${failures === 1 ? 'one failure' : `${failures} failures`}`)
    failures = 0
    toldAt = -Infinity
  }

  return () =>
    (running ??= (async () => work())()
      .then(worked, failed)
      .finally(() => {
        running = null
      }))
}
