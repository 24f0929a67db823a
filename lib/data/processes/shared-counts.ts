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

export const countsOf = ({ statements: { processes }, now }: Store): Counts => ({
  latest: processes.latestCounts,
  lasting: async (window) =>
    (await processes.lastingCounts(window)).map(({ at, countsJson }) => ({
      at,
      counts: parsed(storedNumbers, countsJson),
    })),
  async exchange({ source, passing, lasting, lastsMs, after }) {
    const at = now()
    const rows = [
      { countsJson: JSON.stringify(passing), isLasting: false },
      { countsJson: JSON.stringify(lasting), isLasting: true },
    ].filter(({ countsJson }) => countsJson !== '{}')
    const longAgo = at.getTime() - RETENTION_MS
    if (rows.length > 0)
      await processes.writeCounts(source, {
        rows,
        at,
        until: { passing: new Date(longAgo), lasting: new Date(Math.min(longAgo, at.getTime() - lastsMs)) },
      })
    const stored = await processes.countsAfter(after)
    return {
      latest: stored.at(-1)?.id ?? after,
      ofOthers: stored
        .filter((row) => !row.source.endsWith(source))
        .map((row) => parsed(storedNumbers, row.countsJson)),
    }
  },
})
