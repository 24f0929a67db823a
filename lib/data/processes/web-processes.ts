/** Web processes say here that they live and which promotion they serve, since they and the worker never talk
 *  to each other. */
import { setTimeout as wait } from 'node:timers/promises'
import type { WebProcesses } from './process-records.ts'
import type { Store } from '../store.ts'

/** Each looks once a second; one that was silent this long is gone. */
const SILENT_MS = 4_000
const LOOK_EVERY_MS = 50

export function webProcessesOf({ statements: { processes }, settings }: Store): WebProcesses {
  const { clock } = settings
  const living = (): Date => new Date(clock.now() - SILENT_MS)
  return {
    seen: (id, pid, acknowledged) => processes.seen({ id, pid, acknowledged }, clock.now),
    leave: processes.leave,
    living: () => processes.countSince(living()),
    async allAcknowledged(promotionId, timeoutMs) {
      const end = performance.now() + timeoutMs
      while (await processes.isBehind(promotionId, living())) {
        if (performance.now() >= end) return false
        await wait(LOOK_EVERY_MS)
      }
      return true
    },
  }
}
