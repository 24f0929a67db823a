/**
 * Counts exchanged between web processes, on this host or on others that share the file: a short journal,
 * read from the last position. lib/auth decides what is counted and what follows from it.
 */
import { storedNumbers } from '#lib/contracts/stored-json.ts'
import type { Counts } from './process-records.ts'
import { parsed } from '../store.ts'
import type { Store } from '../store.ts'

/** Older counts are needed only for longer windows. */
const RETENTION_MS = 120_000
/** Marks the rows of longer windows, by their source. */
const LASTING = 'lasting:'

export const countsOf = ({ connection, now }: Store): Counts => ({
  latest: () =>
    connection.one<{ id: number }>(
      'SELECT "seq" AS "id" FROM sqlite_sequence WHERE "name" = \'CountedElsewhere\'',
    )?.id ?? 0,
  async lasting({ since, upTo }) {
    const rows = connection.all<{ at: number; countsJson: string }>(
      `SELECT "at", "countsJson" FROM "CountedElsewhere"
        WHERE "source" LIKE '${LASTING}%' AND "at" >= ? AND "id" <= ? ORDER BY "id"`,
      since,
      upTo,
    )
    return rows.map(({ at, countsJson }) => ({ at: new Date(at), counts: parsed(storedNumbers, countsJson) }))
  },
  async exchange({ source, passing, lasting, lastsMs, after }) {
    const rows = (
      [
        [source, passing],
        [LASTING + source, lasting],
      ] as const
    ).filter(([, counts]) => Object.keys(counts).length > 0)
    if (rows.length > 0) {
      await connection.write((writing) => {
        for (const [from, counts] of rows)
          writing.insert('CountedElsewhere', { source: from, countsJson: JSON.stringify(counts), at: now() })
        const passed = now().getTime() - RETENTION_MS
        writing.run(
          `DELETE FROM "CountedElsewhere" WHERE "at" < ? AND ("at" < ? OR "source" NOT LIKE '${LASTING}%')`,
          passed,
          Math.min(passed, now().getTime() - lastsMs),
        )
      })
    }
    const stored = connection.all<{ id: number; source: string; countsJson: string }>(
      'SELECT "id", "source", "countsJson" FROM "CountedElsewhere" WHERE "id" > ? ORDER BY "id"',
      after,
    )
    return {
      latest: stored.at(-1)?.id ?? after,
      ofOthers: stored
        .filter((row) => !row.source.endsWith(source))
        .map((row) => parsed(storedNumbers, row.countsJson)),
    }
  },
})
