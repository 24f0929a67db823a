/** The worker's side of backups: the handler of the job, in a process of its own, and the look whether one is due. */
import { fork } from 'node:child_process'
import path from 'node:path'
import type { FromBackingUp } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import { reportedError } from '#lib/domain/errors.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import type { Backups } from '#lib/operations/backup/backups.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'
import { inheritedFlags } from './environment.ts'
import { eachLine } from './lines.ts'

const ENTRY = path.join(import.meta.dirname, 'backing-up.ts')
/** Late by at most this. */
const LOOK_EVERY_MS = 60_000

type BackupJobParts = { readonly settings: () => Pick<Settings, 'BACKUP_KEEP'>; readonly log: Log }

export const backupHandler = ({ settings, log }: BackupJobParts): Handler<'backup'> => ({
  async run({ reason }, { signal }) {
    const told = await madeElsewhere([reason, String(settings().BACKUP_KEEP)], signal, (line) =>
      log('warn', line, { child: 'backup' }),
    )
    if (told.kind === 'failed') throw reportedError(told.failure)
    log('info', 'A backup was made', { name: told.name, size_bytes: told.sizeBytes, removed: told.removed })
    for (const remark of told.remarks) log('warn', `The backup ${told.name}: ${remark}`)
    return told
  },
})

/** At once: what was missed while the machine was off is made up for. Answers how to stop. */
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

async function madeElsewhere(
  args: readonly string[],
  signal: AbortSignal,
  wrote: (line: string) => void,
): Promise<FromBackingUp> {
  const child = fork(ENTRY, args, { execArgv: inheritedFlags(), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  eachLine(child.stderr, wrote)
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve, reject) => {
      child.on('message', (message) => resolve(message as FromBackingUp)) // backing-up.ts says nothing else
      child.once('error', reject)
      child.once('exit', (code, killed) =>
        reject(new Error(`The process that makes the backup ended (${killed ?? `code ${code}`}).`)),
      )
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
