/**
 * Prepares the data before web and worker open it, reports the result, and ends: otherwise the modules it
 * loads would stay in the supervisor.
 */
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { PrepareMessage } from '#lib/contracts/ipc.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { prepareData } from './start/prepare-data.ts'
import { readStart } from './settings.ts'

const say = (message: PrepareMessage) =>
  process.send?.(message, () => {
    if (process.connected) process.disconnect()
  })

endWhenUncaught({ report: reportOnStderr })
leaveSignalsToParent() // a migration is not interrupted
try {
  say(await prepareData(readStart()))
} catch (error) {
  say({ kind: 'unable', reason: messageOf(error) })
}
