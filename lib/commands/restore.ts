/**
 * `npm run restore -- --from DIR`: replaces DATA_DIR with a backup and keeps the previous data. It makes no
 * backup and starts nothing.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { counted } from '#lib/domain/text/count-text.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'
import { backupsIn } from '#lib/operations/backup/layout.ts'
import { restoreBackup, type RestoreResult } from '#lib/operations/backup/restore.ts'
import { backupPlan } from '#lib/processes/jobs/backup-plan.ts'
import { readStart, type Start } from '#lib/processes/settings.ts'
import { createLines } from './terminal/progress-line.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run restore                       lists the backups in BACKUP_DIR
npm run restore -- --from DIR [--dry-run]

Replaces DATA_DIR with a backup. Verifies the backup first and refuses one that is damaged or from a
newer version. Darkroom must be stopped. The previous data is kept as DATA_DIR.before-restore-…;
remove it when you have checked the restored data. The next start migrates an older database.

  --from DIR   folder of a completed backup, or latest for the newest in BACKUP_DIR
  --dry-run    verifies the backup and shows what a restore would do
  --help       show this help

Settings: DATA_DIR, DATABASE_URL, BACKUP_DIR.`

const lines = createLines()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const start = readStart()
  const from = values.from === 'latest' ? (await backupsIn(start.places.backupDir))[0]?.folder : values.from
  if (from === undefined) return listed(start)
  const isDryRun = values['dry-run']
  const restored = await restoreBackup({
    from: resolve(from),
    ...start.places,
    now: () => new Date(),
    isDryRun,
    onVerifying: (file, done, total) => lines.passing(`Verifying ${done} of ${total}: ${file}`),
    onCopying: (done, total) => lines.passing(`Copying: ${megabytes(done)} of ${megabytes(total)}`),
  })
  tell(restored, start, isDryRun)
  return 0
}

function tell({ backup, aside }: RestoreResult, start: Start, isDryRun: boolean): void {
  const { dataDir } = start.places
  lines.line(
    `${backup.name} is intact: ${counted(backup.files, 'file')}, ${megabytes(backup.size_bytes)}, made ` +
      `by Darkroom ${backup.product_version}.`,
  )
  if (isDryRun) {
    const current = aside === null ? ', which is empty' : ` and keep the current data in ${aside}`
    lines.line(`Nothing was changed. A restore would write to ${dataDir}${current}.`)
    return
  }
  const previous =
    aside === null
      ? 'The folder was empty before.'
      : `The previous data is in ${aside}; remove it when you have checked the restored data.`
  lines.line(`Restored to ${dataDir}. ${previous}`)
  const { settings } = backupPlan(start, 'command')
  const different = Object.entries(backup.settings).filter(
    ([name, value]) => settings[name] !== value && !PLACES.has(name),
  )
  for (const [name, value] of different)
    lines.line(`The backup was made with ${name}=${value}, which differs here.`)
  lines.line('Start Darkroom with npm start.')
}

/** These settings differ from machine to machine. */
const PLACES = new Set(['DATA_DIR', 'DATABASE_URL', 'BACKUP_DIR', 'PORT', 'HOST'])

async function listed({ places }: Start): Promise<number> {
  const backups = await backupsIn(places.backupDir)
  if (backups.length === 0)
    lines.line(`There is no backup in ${places.backupDir}. Use --from DIR for a backup elsewhere.`)
  for (const { folder, started_at, files, size_bytes, remarks } of backups)
    lines.line(
      `${started_at.slice(0, 16).replace('T', ' ')} UTC  ${megabytes(size_bytes)}, ` +
        `${counted(files, 'file')}${remarks.length > 0 ? `, ${counted(remarks.length, 'remark')}` : ''}  ` +
        `${folder}`,
    )
  return backups.length === 0 ? 1 : 0
}

await runCommand(main)
