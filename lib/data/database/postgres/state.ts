/** The state of a PostgreSQL database in this process. The server copies its log by itself, and waits for locks by
 *  itself. */
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { DatabaseState } from '../../database-state.ts'
import type { PostgresConnection } from './connection.ts'

/** The connection, which counts what is written through it. */
export function stateOf(connection: PostgresConnection): {
  readonly connection: PostgresConnection
  readonly state: DatabaseState
} {
  let changes = 0
  const changed = (): void => {
    changes += 1
  }
  let fullAt: number | null = null
  const explain = (error: unknown): unknown => {
    const explained = connection.explain(error)
    if (isDarkroomError(explained) && explained.code === 'disk_full') fullAt = performance.now()
    return explained
  }
  return {
    connection: {
      ...connection,
      explain,
      changed,
      async write(work, patienceMs) {
        const written = await connection.write(work, patienceMs)
        changed()
        return written
      },
    },
    state: {
      changes: () => changes,
      checkpoint: () => {},
      purgeLog: async () => true,
      writingState: () => ({
        lockedForMs: null,
        diskFullMsAgo: fullAt === null ? null : performance.now() - fullAt,
        waiting: connection.pool.waitingCount,
      }),
      explain,
      patienceMs: connection.patienceMs,
    },
  }
}
