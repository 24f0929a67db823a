/** What of a start a backup needs to know. It makes none. */
import type { BackupPlan } from '#lib/operations/backup/making.ts'
import { VERSION, type Start } from './settings.ts'

/** They stay with the machine: a backup may be carried elsewhere. */
const SECRET = /SECRET|PASSWORD|TOKEN|KEY$/

export const backupPlan = ({ settings, given, places }: Start, reason: BackupPlan['reason']): BackupPlan => ({
  dataDir: places.dataDir,
  databaseFile: places.databaseFile,
  folder: places.backupDir,
  reason,
  productVersion: VERSION,
  settings: Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => given.includes(name) && !SECRET.test(name))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  ),
  now: () => new Date(),
})
