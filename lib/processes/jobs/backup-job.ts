/** The worker's side of backups: the handler of the job, in a process of its own. */
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import { outcomeOf } from '#lib/children/outcome.ts'
import type { BackupMessage } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import { reportedError } from '#lib/domain/errors.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import type { Log } from '#lib/operations/log.ts'
import { inheritedFlags } from '../start/environment.ts'

const ENTRY = path.join(import.meta.dirname, '../backup-process.ts')

type BackupJobParts = { readonly settings: () => Promise<Pick<Settings, 'BACKUP_KEEP'>>; readonly log: Log }

export const backupHandler = ({ settings, log }: BackupJobParts): Handler<'backup'> => ({
  async run({ reason }, { signal }) {
    const { BACKUP_KEEP: keep } = await settings()
    const reported = await madeElsewhere([reason, String(keep)], signal, (line) =>
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
