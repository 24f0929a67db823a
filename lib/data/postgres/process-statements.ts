/** What processes tell each other through rows; like ../sqlite/process-statements.ts. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { ProcessStatements } from '../statements.ts'

/** Of processes that were killed, and did not delete their row. */
const FORGOTTEN_AFTER_MS = 3_600_000
/** Marks the counts of longer windows, by their source. */
const LASTING = 'lasting:'

type CountRow = Prisma.CountedElsewhereModel

export const processStatements = ({ one, all, run, append }: PostgresConnection): ProcessStatements => ({
  seen: (row, now) =>
    append(async (writing) => {
      const at = now()
      await writing.run(
        `INSERT INTO "WebProcess" ("id", "pid", "lastSeen", "acknowledged") VALUES ($1, $2, $3, $4)
          ON CONFLICT ("id") DO UPDATE SET "lastSeen" = excluded."lastSeen", "acknowledged" = excluded."acknowledged"`,
        row.id,
        row.pid,
        new Date(at),
        row.acknowledged,
      )
      await writing.run('DELETE FROM "WebProcess" WHERE "lastSeen" < $1', new Date(at - FORGOTTEN_AFTER_MS))
    }),
  async leave(id) {
    await run('DELETE FROM "WebProcess" WHERE "id" = $1', id)
  },
  async countSince(time) {
    const row = await one<{ count: number }>(
      'SELECT COUNT(*) AS "count" FROM "WebProcess" WHERE "lastSeen" > $1',
      time,
    )
    return row?.count ?? 0
  },
  isBehind: async (promotionId, time) =>
    (await one(
      'SELECT 1 FROM "WebProcess" WHERE "lastSeen" > $1 AND "acknowledged" < $2 LIMIT 1',
      time,
      promotionId,
    )) !== undefined,
  /** The sequence may be ahead of rows that are not committed yet. Rows are deleted after a while: with none, no reader
   *  misses any. */
  latestCounts: async () =>
    (await one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "CountedElsewhere"'))?.id ?? 0,
  lastingCounts: ({ since, upTo }) =>
    all<Pick<CountRow, 'at' | 'countsJson'>>(
      `SELECT "at", "countsJson" FROM "CountedElsewhere"
        WHERE "source" LIKE '${LASTING}%' AND "at" >= $1 AND "id" <= $2 ORDER BY "id"`,
      since,
      upTo,
    ),
  countsAfter: (id) => all<CountRow>('SELECT * FROM "CountedElsewhere" WHERE "id" > $1 ORDER BY "id"', id),
  writeCounts: (source, { rows, at, until }) =>
    append(async (writing) => {
      for (const { countsJson, isLasting } of rows)
        await writing.run(
          'INSERT INTO "CountedElsewhere" ("source", "countsJson", "at") VALUES ($1, $2, $3)',
          isLasting ? LASTING + source : source,
          countsJson,
          at,
        )
      await writing.run(
        `DELETE FROM "CountedElsewhere" WHERE "at" < $1 AND ("at" < $2 OR "source" NOT LIKE '${LASTING}%')`,
        until.passing,
        until.lasting,
      )
    }),
})
