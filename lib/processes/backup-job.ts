/**
 * The worker's side of backups: the handler of the job, in a process of its own, and the check whether one
 * is due.
 */
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import { outcomeOf } from '#lib/children/outcome.ts'
import type { BackupMessage } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import { reportedError } from '#lib/domain/errors.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import type { Backups } from '#lib/operations/backup/backups.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'
import { inheritedFlags } from './environment.ts'

const ENTRY = path.join(import.meta.dirname, 'backup-process.ts')
/** A backup is late by at most this. */
const LOOK_EVERY_MS = 60_000

type BackupJobParts = { readonly settings: () => Pick<Settings, 'BACKUP_KEEP'>; readonly log: Log }

export const backupHandler = ({ settings, log }: BackupJobParts): Handler<'backup'> => ({
  async run({ reason }, { signal }) {
    const reported = await madeElsewhere([reason, String(settings().BACKUP_KEEP)], signal, (line) =>
      log('warn', line, { child: 'backup' }),
    )
    if (reported.kind === 'failed') throw reportedError(reported.failure)
    log('info', 'A backup was made', {
      name: reported.name,
      size_bytes: reported.sizeBytes,
      removed: reported.removed,
    })
    for (const remark of reported.remarks) log('warn', `The backup ${reported.name}: ${remark}`)
    return reported
  },
})

/**
 * Checks at once, so that a backup missed while the machine was off is made now. Returns a function that
 * stops the checks.
 */
export function queueBackups(backups: Pick<Backups, 'queueIfDue'>, log: Log): () => void {
  const look = recurring(
    { log, now: () => performance.now() },
    'The backup schedule could not be checked',
    backups.queueIfDue,
  )
  void look()
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

function madeElsewhere(
  args: readonly string[],
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<BackupMessage> {
  const child = forkChild<never, BackupMessage>({
    entry: ENTRY,
    args,
    flags: inheritedFlags(),
    stdout: 'ignore',
    onLine,
  })
  return outcomeOf(child, { what: 'The process that makes the backup', signal })
}
