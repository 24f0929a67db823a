/** Rotation of backups: the newest of a DATA_DIR are kept. It does not decide when one is made. */
import { backupsIn, removeBackup } from './layout.ts'

type BackupPlaces = { readonly backupDir: string; readonly dataDir: string }

/**
 * Removes the oldest beyond `keep`; returns their names. Backups of another DATA_DIR in the same folder
 * stay.
 */
export async function removeExpired(
  { backupDir, dataDir }: BackupPlaces,
  keep: number,
): Promise<readonly string[]> {
  const ours = (await backupsIn(backupDir)).filter(({ data_dir }) => data_dir === dataDir)
  const expired = ours.slice(keep)
  for (const backup of expired) await removeBackup(backup)
  return expired.map(({ name }) => name)
}
