/** What web processes tell each other of what they counted, on this host or on others that share the file: a short journal, read from where one stopped.
 *  What is counted and what follows from it, lib/auth says. */
import type { Counts } from './data.ts'
import { parsed } from './store.ts'
import type { Store } from './store.ts'

/** Limits look back a minute; what is older than two, nobody asks for. */
const KEPT_MS = 120_000

export const countsOf = ({ connection, now }: Store): Counts => ({
  latest: () => connection.one<{ id: number }>('SELECT "seq" AS "id" FROM sqlite_sequence WHERE "name" = \'CountedElsewhere\'')?.id ?? 0,
  async exchange({ source, counts, after }) {
    if (Object.keys(counts).length > 0) {
      await connection.write((writing) => {
        writing.insert('CountedElsewhere', { source, countsJson: JSON.stringify(counts), at: now() })
        writing.run('DELETE FROM "CountedElsewhere" WHERE "at" < ?', now().getTime() - KEPT_MS)
      })
    }
    const rows = connection.all<{ id: number; source: string; countsJson: string }>('SELECT "id", "source", "countsJson" FROM "CountedElsewhere" WHERE "id" > ? ORDER BY "id"', after)
    return { latest: rows.at(-1)?.id ?? after, ofOthers: rows.filter((row) => row.source !== source).map((row) => parsed<Record<string, number>>(row.countsJson)) }
  },
})
