/** Whether a backup is due, looked for regularly; a job makes it (backup-job.ts). */
import type { Backups } from '#lib/operations/backup/backups.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'

/** A backup is late by at most this. */
export const BACKUP_LOOK_MS = 60_000

/** To be called at the start too, so that a backup missed while the machine was off is made now. */
export const queueBackups = (backups: Pick<Backups, 'queueIfDue'>, log: Log): (() => Promise<void>) =>
  recurring(
    { log, now: () => performance.now() },
    'The backup schedule could not be checked',
    backups.queueIfDue,
  )
