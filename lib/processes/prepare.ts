/** Prepares the data before web and worker open it, says how that went, and leaves: all that it loads would
 *  else stay in the supervisor. */
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { PrepareMessage } from '#lib/contracts/ipc.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { endWhenUncaught, tellOnStderr } from './last-resort.ts'
import { prepareData } from './prepare-data.ts'
import { readStart } from './settings.ts'

const say = (message: PrepareMessage) =>
  process.send?.(message, () => {
    if (process.connected) process.disconnect()
  })

endWhenUncaught({ tell: tellOnStderr })
leaveSignalsToParent() // a migration is not left half-way
try {
  say(await prepareData(readStart()))
} catch (error) {
  say({ kind: 'unable', reason: messageOf(error) })
}
