/** The names of today for the classes of versions and snapshots (lib/domain/class-renames.ts), from the rows of
 *  renames. classes.ts writes them. */
import { nameToday, type ClassRename } from '#lib/domain/class-renames.ts'
import type { Connection } from '../database/connection.ts'

type Row = { from: string; to: string; at: number }

/** A function from a name at `since` to the name of today. A shipped version may be delivered again after a rename:
 *  `since` is null for it, and all renames apply. */
export function classNamesIn(
  connection: Pick<Connection, 'all'>,
  classifierId: string,
): (since: Date | null) => (name: string) => string {
  const renames: readonly ClassRename[] = connection
    .all<Row>(
      'SELECT "from", "to", "at" FROM "ClassRename" WHERE "classifierId" = ? ORDER BY "id"',
      classifierId,
    )
    .map(({ at, ...rename }) => ({ ...rename, at: new Date(at) }))
  return (since) => (name) => nameToday(name, renames, since ?? new Date(0))
}
