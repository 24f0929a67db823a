/** Whether a backup is due, looked for regularly; a job makes it (backup-job.ts). */
import type { Backups } from '#lib/operations/backup/backups.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'

/** A backup is late by at most this. */
const LOOK_EVERY_MS = 60_000

/**
 * Checks at once, so that a backup missed while the machine was off is made now. Returns a function that
 * stops the checks.
 */
export function queueBackups(backups: Pick<Backups, 'queueIfDue'>, log: Log): () => void {
  const look = recurring(
    { log, now: () => performance.now() },
    'The backup schedule could not be checked',
    backups.queueIfDue,
  )
  void look()
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return () => clearInterval(timer)
}
