/** The start's side of a restore: completes one that was killed, keeps others out while the product runs, and
 *  says where the data of before lies. */
import path from 'node:path'
import { IN_USE_LOCK, lockShared, type FileLock } from '#lib/data/file-lock.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { finishRestore, restoreToTell } from '#lib/operations/backup/settle-restore.ts'
import type { Start } from './settings.ts'

/** Held as long as the supervisor lives: between two web processes too, nothing may be restored. */
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

/** Told at each start that has succeeded, until the folder is removed. */
export function restoreRemarks({ places: { dataDir } }: Start): readonly string[] {
  const record = restoreToTell(dataDir)
  return record === null
    ? []
    : [
        `The data was restored from the backup ${record.backup}. The previous data is in ` +
          `${record.aside}; remove it when you have checked the restored data.`,
      ]
}
