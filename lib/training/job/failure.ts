/** Describes why a training run failed, for the user who started it and for the log. It does not decide what
 *  happens next. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError, reportOf } from '#lib/domain/errors.ts'

export const diskFullDuringRun = (cause: unknown): DarkroomError =>
  new DarkroomError(
    'disk_full',
    {
      what: 'The training run stopped',
      why: 'the disk that holds DATA_DIR is full',
      remedy: 'Free up space on that disk, then resume the run. Its last checkpoint is intact.',
    },
    { cause },
  )

/** The message by which a training child reports an error to its parent. */
export function failureOf(error: unknown): Extract<FromTraining, { kind: 'failed' }> {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (isDiskFull(error)) return { kind: 'failed', failure: reportOf(diskFullDuringRun(error)), cause }
  if (isDarkroomError(error)) return { kind: 'failed', failure: reportOf(error) }
  return {
    kind: 'failed',
    failure: {
      code: 'internal',
      summary: 'Training failed',
      reason: error instanceof Error ? error.message : String(error),
      action: 'See the log for details.',
    },
    cause,
  }
}
