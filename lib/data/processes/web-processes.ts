/** Web processes say here that they live and which promotion they serve, since they and the worker never talk
 *  to each other. */
import { setTimeout as wait } from 'node:timers/promises'
import type { WebProcesses } from './process-records.ts'
import type { Store } from '../store.ts'

/** Each looks once a second; one that was silent this long is gone. */
const SILENT_MS = 4_000
const LOOK_EVERY_MS = 50

export function webProcessesOf({ connection, settings }: Store): WebProcesses {
  const { clock } = settings
  const areBehind = (promotionId: number): boolean =>
    connection.one(
      'SELECT 1 FROM "WebProcess" WHERE "lastSeen" > ? AND "acknowledged" < ? LIMIT 1',
      clock.now() - SILENT_MS,
      promotionId,
    ) !== undefined

  return {
    seen: (id, pid, acknowledged) =>
      connection.write((writing) => {
        const now = clock.now()
        writing.run(
          'INSERT INTO "WebProcess" ("id", "pid", "lastSeen", "acknowledged") VALUES (?, ?, ?, ?) ON ' +
            'CONFLICT DO UPDATE SET "lastSeen" = excluded."lastSeen", "acknowledged" = ' +
            'excluded."acknowledged"',
          id,
          pid,
          now,
          acknowledged,
        )
        writing.run('DELETE FROM "WebProcess" WHERE "lastSeen" < ?', now - 3_600_000)
      }),
    leave: (id) =>
      connection.write((writing) => {
        writing.run('DELETE FROM "WebProcess" WHERE "id" = ?', id)
      }),
    living: async () =>
      connection.one<{ count: number }>(
        'SELECT COUNT(*) AS "count" FROM "WebProcess" WHERE "lastSeen" > ?',
        clock.now() - SILENT_MS,
      )?.count ?? 0,
    async allAcknowledged(promotionId, timeoutMs) {
      const end = performance.now() + timeoutMs
      while (areBehind(promotionId)) {
        if (performance.now() >= end) return false
        await wait(LOOK_EVERY_MS)
      }
      return true
    },
  }
}
