/**
 * `npm run backup`: a verified copy of all user data, made while Darkroom runs or while it is stopped; or a
 * verification of an earlier backup. It restores nothing.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BackupProgress } from '#lib/contracts/backups.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { isSameDisk } from '#lib/operations/backup/find.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'
import { makeBackup } from '#lib/operations/backup/make.ts'
import { removeExpired } from '#lib/operations/backup/rotate.ts'
import { verifyBackup } from '#lib/operations/backup/verify.ts'
import { backupPlan } from '#lib/processes/jobs/backup-plan.ts'
import { readStart } from '#lib/processes/settings.ts'
import { createLines } from './terminal/progress-line.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run backup [-- --to DIR]
npm run backup -- --verify DIR

Copies DATA_DIR while Darkroom runs or is stopped: the database, images, versions and the session
secret. Every file is read back and verified. Files that are unchanged since the previous backup in
the same folder are hard links, which use no additional space.

  --to DIR      folder for backups (default: BACKUP_DIR); each backup is a subfolder named by date
                and time. In BACKUP_DIR, only the newest BACKUP_KEEP backups are kept; elsewhere all
                are.
  --verify DIR  verifies a completed backup and lists missing or changed files; exits with 1 if
                there are any
  --help        show this help

Settings: DATA_DIR, DATABASE_URL, BACKUP_DIR, BACKUP_KEEP.
To restore: npm run restore -- --from DIR.`

const PHASES: Readonly<Record<BackupProgress['phase'], string>> = {
  files: 'Copying files',
  database: 'Copying the database',
  verifying: 'Verifying',
}
const lines = createLines()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      verify: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  return values.verify === undefined ? backUp(values.to) : verified(resolve(values.verify))
}

async function backUp(to: string | undefined): Promise<number> {
  const start = readStart()
  const { backupDir, dataDir } = start.places
  const folder = to === undefined ? backupDir : resolve(to)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('Interrupted. No backup was made.')))
  const backup = await makeBackup({
    ...backupPlan(start, 'command'),
    folder,
    signal: stop.signal,
    onProgress: ({ phase, done_bytes, total_bytes }) =>
      lines.passing(`${PHASES[phase]}: ${megabytes(done_bytes)} of ${megabytes(total_bytes)}`),
  })
  for (const remark of backup.remarks) lines.line(`Warning: ${remark}`)
  if (await isSameDisk(folder, dataDir))
    lines.line(
      'Warning: the backup is on the same disk as DATA_DIR. If that disk fails, both are lost: set ' +
        'BACKUP_DIR to another disk.',
    )
  lines.line(
    `${backup.folder}: ${counted(backup.files, 'file')}, ${megabytes(backup.size_bytes)}, verified. ` +
      `${counted(backup.linked_files, 'file')} shared with the previous backup.`,
  )
  if (folder === backupDir)
    for (const name of await removeExpired(start.places, start.settings.BACKUP_KEEP))
      lines.line(`${name} was removed: BACKUP_KEEP is ${start.settings.BACKUP_KEEP}.`)
  return 0
}

async function verified(folder: string): Promise<number> {
  const { backup, sums, damages } = await verifyBackup(folder, (file, done, total) =>
    lines.passing(`Reading ${done} of ${total}: ${file}`),
  )
  for (const damage of damages) lines.line(damage)
  lines.line(
    damages.length === 0
      ? `${backup.name} is intact: ${counted(sums.size, 'file')}, unchanged since ` +
          `${backup.started_at.slice(0, 16).replace('T', ' ')} UTC.`
      : `${backup.name} is damaged: ${counted(damages.length, 'file')} of ${sums.size}. Use another backup.`,
  )
  return damages.length === 0 ? 0 : 1
}

await runCommand(main)
