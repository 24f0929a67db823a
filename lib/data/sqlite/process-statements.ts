/**
 * What processes tell each other through rows, without Prisma: each web process writes that it lives every second, and
 * exchanges the counts of its rate limits several times a second. A process that predicts never loads Prisma
 * (docs/decisions/0037-prisma-on-first-use.md).
 */
import type { Connection } from '../database/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { ProcessStatements } from '../statements.ts'

/** Of processes that were killed, and did not delete their row. */
const FORGOTTEN_AFTER_MS = 3_600_000
/** Marks the counts of longer windows, by their source. */
const LASTING = 'lasting:'

type CountRow = Prisma.CountedElsewhereModel

export const processStatements = ({
  one,
  all,
  write,
}: Pick<Connection, 'one' | 'all' | 'write'>): ProcessStatements => ({
  /** `now` is called in the transaction: a process that had to wait for a lock lives. */
  seen: (row: Omit<Prisma.WebProcessModel, 'lastSeen'>, now: () => number) =>
    write((writing) => {
      const at = now()
      writing.run(
        `INSERT INTO "WebProcess" ("id", "pid", "lastSeen", "acknowledged") VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
          SET "lastSeen" = excluded."lastSeen", "acknowledged" = excluded."acknowledged"`,
        row.id,
        row.pid,
        at,
        row.acknowledged,
      )
      writing.run('DELETE FROM "WebProcess" WHERE "lastSeen" < ?', at - FORGOTTEN_AFTER_MS)
    }),
  async leave(id: string): Promise<void> {
    await write((writing) => writing.run('DELETE FROM "WebProcess" WHERE "id" = ?', id))
  },
  countSince: async (time: Date): Promise<number> =>
    one<{ count: number }>('SELECT COUNT(*) AS "count" FROM "WebProcess" WHERE "lastSeen" > ?', time)
      ?.count ?? 0,
  /** Whether a process that was seen since `time` does not serve this promotion yet. */
  isBehind: async (promotionId: number, time: Date): Promise<boolean> =>
    one(
      'SELECT 1 FROM "WebProcess" WHERE "lastSeen" > ? AND "acknowledged" < ? LIMIT 1',
      time,
      promotionId,
    ) !== undefined,
  /** The end of the journal of counts. */
  latestCounts: async (): Promise<number> =>
    one<{ id: number }>(`SELECT "seq" AS "id" FROM sqlite_sequence WHERE "name" = 'CountedElsewhere'`)?.id ??
    0,
  lastingCounts: async ({ since, upTo }: { readonly since: Date; readonly upTo: number }) =>
    all<Pick<CountRow, 'at' | 'countsJson'>>(
      `SELECT "at", "countsJson" FROM "CountedElsewhere"
        WHERE "source" LIKE '${LASTING}%' AND "at" >= ? AND "id" <= ? ORDER BY "id"`,
      since,
      upTo,
    ),
  countsAfter: async (id: number) =>
    all<CountRow>('SELECT * FROM "CountedElsewhere" WHERE "id" > ? ORDER BY "id"', id),
  /** Writes them, and forgets those that are older than `until`. */
  writeCounts: (
    source: string,
    {
      rows,
      at,
      until,
    }: {
      readonly rows: readonly { readonly countsJson: string; readonly isLasting: boolean }[]
      readonly at: Date
      readonly until: { readonly passing: Date; readonly lasting: Date }
    },
  ) =>
    write((writing) => {
      for (const { countsJson, isLasting } of rows)
        writing.insert('CountedElsewhere', { source: isLasting ? LASTING + source : source, countsJson, at })
      writing.run(
        `DELETE FROM "CountedElsewhere" WHERE "at" < ? AND ("at" < ? OR "source" NOT LIKE '${LASTING}%')`,
        until.passing,
        until.lasting,
      )
    }),
})
