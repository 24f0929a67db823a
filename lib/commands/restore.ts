/** `npm run restore -- --from DIR`: puts a backup in the place of DATA_DIR and keeps what was there aside. It makes no backup and starts nothing. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { counted } from '#lib/domain/counted.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { megabytes } from '#lib/operations/backup/copy-files.ts'
import { backupsIn } from '#lib/operations/backup/layout.ts'
import { restoreBackup, type Restored } from '#lib/operations/backup/restore.ts'
import { backupPlan } from '#lib/processes/backup-plan.ts'
import { readStart, type Start } from '#lib/processes/settings.ts'
import { createLines } from './passing-line.ts'

const HELP = `npm run restore                       lists the backups in BACKUP_DIR
npm run restore -- --from DIR [--dry-run]

Puts a backup in the place of DATA_DIR. It is read and verified first; a damaged one, or one of a newer version, is refused. Darkroom
must be stopped. What was in DATA_DIR is kept next to it as DATA_DIR.before-restore-…: remove it once you have seen that all is well.
The next start brings an older database up to date.

  --from DIR   a finished backup, as npm run backup names it; or latest, the newest in BACKUP_DIR
  --dry-run    verifies, and says what would be done
  --help       this page

Settings: DATA_DIR, DATABASE_URL, BACKUP_DIR.`

const lines = createLines()

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { from: { type: 'string' }, 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const start = readStart()
  const from = values.from === 'latest' ? (await backupsIn(start.places.backupDir))[0]?.folder : values.from
  if (from === undefined) return listed(start)
  const isDryRun = values['dry-run']
  const restored = await restoreBackup({
    from: resolve(from), ...start.places, now: () => new Date(), isDryRun,
    onVerifying: (file, done, total) => lines.passing(`Verifying ${done} of ${total}: ${file}`),
    onCopying: (done, total) => lines.passing(`Copying: ${megabytes(done)} of ${megabytes(total)}`),
  })
  tell(restored, start, isDryRun)
  return 0
}

function tell({ backup, aside }: Restored, start: Start, isDryRun: boolean): void {
  const { dataDir } = start.places
  lines.line(`${backup.name} is whole: ${counted(backup.files, 'file')}, ${megabytes(backup.size_bytes)}, made by Darkroom ${backup.product_version}.`)
  if (isDryRun) {
    lines.line(`Nothing was changed. It would be restored to ${dataDir}${aside === null ? ', which is empty' : `, and what is there would be kept in ${aside}`}.`)
    return
  }
  lines.line(`It was restored to ${dataDir}. ${aside === null ? 'Nothing was there before.' : `What was there before is in ${aside}: remove it once you have seen that all is well.`}`)
  const { settings } = backupPlan(start, 'command')
  const different = Object.entries(backup.settings).filter(([name, value]) => settings[name] !== value && !PLACES.has(name))
  for (const [name, value] of different) lines.line(`The backup was made with ${name}=${value}, which is not set so here.`)
  lines.line('Start Darkroom with npm start.')
}

/** They differ from machine to machine. */
const PLACES = new Set(['DATA_DIR', 'DATABASE_URL', 'BACKUP_DIR', 'PORT', 'HOST'])

async function listed({ places }: Start): Promise<number> {
  const found = await backupsIn(places.backupDir)
  if (found.length === 0) lines.line(`There is no backup in ${places.backupDir}. Name one elsewhere with --from DIR.`)
  for (const { folder, started_at, files, size_bytes, remarks } of found) lines.line(`${started_at.slice(0, 16).replace('T', ' ')} UTC  ${megabytes(size_bytes)}, ${counted(files, 'file')}${remarks.length > 0 ? `, ${counted(remarks.length, 'remark')}` : ''}  ${folder}`)
  return found.length === 0 ? 1 : 0
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(isDarkroomError(error) || (error instanceof TypeError && 'code' in error) ? (error as Error).message : error)
  return 1
})
