/**
 * A process that makes one backup for the worker and ends: copying and verifying occupy a core for a while,
 * and the worker must keep renewing its leases.
 */
import { constants, setPriority } from 'node:os'
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { BackupMessage } from '#lib/contracts/ipc.ts'
import { isDarkroomError, messageOf, reportOf } from '#lib/domain/errors.ts'
import { makeBackup } from '#lib/operations/backup/make.ts'
import { removeExpired } from '#lib/operations/backup/rotate.ts'
import { backupPlan } from './jobs/backup-plan.ts'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { readStart } from './settings.ts'

endWhenUncaught({ report: reportOnStderr })
setPriority(constants.priority.PRIORITY_LOW) // predictions go first
const start = readStart()
const [reason, keep] = process.argv.slice(2)
const leaving = new AbortController()
process.on('SIGTERM', () => leaving.abort(new Error('The worker is stopping.')))
process.on('disconnect', () => leaving.abort(new Error('The worker has ended.')))
leaveSignalsToParent()

const tell = (message: BackupMessage): void => void process.send?.(message, () => process.exit(0))
try {
  const { name, size_bytes, remarks } = await makeBackup({
    ...backupPlan(start, reason === 'schedule' ? 'schedule' : 'request'),
    signal: leaving.signal,
  })
  tell({
    kind: 'backed-up',
    name,
    sizeBytes: size_bytes,
    remarks,
    removed: await removeExpired(start.places, Number(keep)),
  })
} catch (error) {
  if (isDarkroomError(error)) tell({ kind: 'failed', failure: reportOf(error) })
  else
    tell({
      kind: 'failed',
      failure: {
        code: 'internal',
        summary: 'No backup was made',
        reason: messageOf(error),
        action: 'See the log for details.',
      },
    })
}
