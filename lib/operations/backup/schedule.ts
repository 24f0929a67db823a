/** When the next backup is due, and what keeps an owner from being without one. It makes none and reads no clock. */
import type { Settings } from '#lib/contracts/settings.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** After a failure: what a full disk or an unplugged one needs is a person. */
const RETRY_MS = HOUR_MS
/** A machine that is off at night makes its backup later; one that never does is a concern. */
const LATE_AFTER_TIMES = 2

/** Null: off. */
export function everyMs(text: Settings['BACKUP_EVERY']): number | null {
  if (text === 'off') return null
  return Number(text.slice(0, -1)) * (text.endsWith('d') ? DAY_MS : HOUR_MS)
}

export type BackupTimes = {
  /** Null: none is made by itself. */
  readonly everyMs: number | null
  readonly newest: Date | null
  /** When the last one failed, if that was after the newest; null: it did not. */
  readonly failedAt: Date | null
}

/** Null: never. A time that is past: now; one that was missed while the machine was off is made up for. */
export function nextBackupAt({ everyMs: every, newest, failedAt }: BackupTimes): Date | null {
  if (every === null) return null
  const due = newest === null ? 0 : newest.getTime() + every
  return new Date(failedAt === null ? due : Math.max(due, failedAt.getTime() + Math.min(RETRY_MS, every)))
}

/** A sentence for health, without a path: everybody may read it. Null: all is well. */
export function backupConcern({ everyMs: every, newest, failedAt }: BackupTimes, now: Date): string | null {
  if (failedAt !== null)
    return `The last backup failed at ${failedAt.toISOString()}. An admin can see the reason in Settings → Backups.`
  if (every === null || newest === null || now.getTime() - newest.getTime() <= LATE_AFTER_TIMES * every)
    return null
  return `The last backup was made at ${newest.toISOString()}, more than twice BACKUP_EVERY ago.`
}
