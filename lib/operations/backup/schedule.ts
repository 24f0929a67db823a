/** When the next backup is due, and when health reports a missing one. It makes none and reads no clock. */
import type { Settings } from '#lib/contracts/settings.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** After a failure, because a full or unplugged disk needs a person; after a cancellation, because it was meant. */
const RETRY_MS = HOUR_MS
/** A machine that is off at night makes its backup later; one that never makes it is reported. */
const LATE_AFTER_TIMES = 2

/** Null: off. */
export function everyMs(text: Settings['BACKUP_EVERY']): number | null {
  if (text === 'off') return null
  return Number(text.slice(0, -1)) * (text.endsWith('d') ? DAY_MS : HOUR_MS)
}

export type BackupTimes = {
  /** Null: no backup is scheduled. */
  readonly everyMs: number | null
  readonly newest: Date | null
  /** When the last backup failed, if after the newest one; null: it did not fail. */
  readonly failedAt: Date | null
  /** When a person cancelled the last one, if after the newest one. */
  readonly cancelledAt: Date | null
}

/** Null: never. A past time means now: a backup that was missed while the machine was off is made up for. */
export function nextBackupAt({ everyMs: every, newest, failedAt, cancelledAt }: BackupTimes): Date | null {
  if (every === null) return null
  const due = newest === null ? 0 : newest.getTime() + every
  const again = [failedAt, cancelledAt]
    .flatMap((at) => at?.getTime() ?? [])
    .map((at) => at + Math.min(RETRY_MS, every))
  return new Date(Math.max(due, ...again))
}

/** A sentence for health, without a path, because health is public. Null: no problem. */
export function backupConcern({ everyMs: every, newest, failedAt }: BackupTimes, now: Date): string | null {
  if (failedAt !== null)
    return `The last backup failed at ${failedAt.toISOString()}. An admin can see the reason in Settings → Backups.`
  if (every === null || newest === null || now.getTime() - newest.getTime() <= LATE_AFTER_TIMES * every)
    return null
  return `The last backup was made at ${newest.toISOString()}, more than twice BACKUP_EVERY ago.`
}
