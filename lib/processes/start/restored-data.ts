/**
 * The start's side of a restore: completes an interrupted one, prevents another while the product runs, and
 * reports where the previous data is.
 */
import path from 'node:path'
import { IN_USE_LOCK, lockShared, type FileLock } from '#lib/data/database/file-lock.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { finishRestore, lastRestore } from '#lib/operations/backup/settle-restore.ts'
import type { Start } from '../settings.ts'

/** Held as long as the supervisor lives: even while the web process restarts, no restore may run. */
export function useData({ places: { dataDir } }: Start): FileLock {
  try {
    finishRestore(dataDir)
    const lock = lockShared(path.join(dataDir, IN_USE_LOCK))
    if (lock) return lock
    throw new Error(
      `Darkroom cannot start: a backup is being restored to ${dataDir}. Start it when the restore is complete.`,
    )
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exit(1)
  }
}

/** Shown at each successful start, until the folder is removed. */
export function restoreRemarks({ places: { dataDir } }: Start): readonly string[] {
  const record = lastRestore(dataDir)
  return record === null
    ? []
    : [
        `The data was restored from the backup ${record.backup}. The previous data is in ` +
          `${record.aside}; remove it when you have checked the restored data.`,
      ]
}
