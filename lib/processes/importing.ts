/** A process that seals one foreign network as a version, and ends: its file may crash it, keep it busy or fill its
 *  memory without any other loss. */
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { runChild, type Say } from '#lib/children/run-child.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { isDarkroomError, messageOf, reportOf, type FailureReport } from '#lib/domain/errors.ts'
import type { NetworkSealing, SealedNetwork } from '#lib/training/import/seal-network.ts'
import { fileNameOf, notImported, type SealingMessage } from './forks/fork-import.ts'
import { giveWay } from './forks/low-priority.ts'
import { sealHere } from './jobs/seal-here.ts'

endWhenUncaught({ report: reportOnStderr })
giveWay()
await runChild<NetworkSealing, SealingMessage>((say) => ({
  ready: {},
  hear: (sealing) => {
    const end = (message: SealingMessage): void => say(message, () => process.exit(0))
    sealed(sealing, say).then(
      (network) => end({ kind: 'sealed', network }),
      (error: unknown) => end({ kind: 'failed', failure: failureOf(error, fileNameOf(sealing)) }),
    )
  },
}))

const sealed = (sealing: NetworkSealing, say: Say<SealingMessage>): Promise<SealedNetwork> =>
  sealHere(sealing, (progress) => say({ kind: 'progress', ...progress }))

function failureOf(error: unknown, name: string): FailureReport {
  if (isDiskFull(error))
    return {
      code: 'disk_full',
      summary: `${name} was not imported`,
      reason: 'the disk has no space for it',
      action: 'Free up space and try again.',
    }
  return reportOf(isDarkroomError(error) ? error : notImported(name, messageOf(error), error))
}
