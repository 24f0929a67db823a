/** The names of today for the classes of versions and snapshots (lib/domain/class-renames.ts). classes.ts writes the
 *  renames. */
import { nameToday, type ClassRename } from '#lib/domain/class-renames.ts'

/** A function from a name at `since` to the name of today. A shipped version may be delivered again after a rename:
 *  `since` is null for it, and all renames apply. */
export const namesToday =
  (renames: readonly ClassRename[], since: Date | null): ((name: string) => string) =>
  (name) =>
    nameToday(name, renames, since ?? new Date(0))
