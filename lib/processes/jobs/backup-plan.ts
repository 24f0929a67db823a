/** The options of a backup, taken from the start. It makes no backup. */
import type { BackupPlan } from '#lib/operations/backup/backup-draft.ts'
import { VERSION, type Start } from '../settings.ts'

/** These settings are not copied: a backup may be stored elsewhere. */
const SECRET = /SECRET|PASSWORD|TOKEN|KEY$/

export const backupPlan = (
  { settings, explicit, places }: Start,
  reason: BackupPlan['reason'],
): BackupPlan => ({
  dataDir: places.dataDir,
  databaseFile: places.databaseFile,
  databaseUrl: places.databaseUrl,
  folder: places.backupDir,
  reason,
  productVersion: VERSION,
  settings: Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => explicit.includes(name) && !SECRET.test(name))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  ),
  now: () => new Date(),
})
