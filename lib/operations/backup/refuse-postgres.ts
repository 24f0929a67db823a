/** Backups of Darkroom copy a database file. Those of PostgreSQL are made by its own tools. */
import { DarkroomError } from '#lib/domain/errors.ts'

export function refusePostgres(databaseUrl: string | undefined, what: string): void {
  if (databaseUrl === undefined) return
  throw new DarkroomError('conflict', {
    what,
    why: 'the data is in a PostgreSQL database, which Darkroom does not copy',
    remedy:
      'Use pg_dump and pg_restore for the database, and copy DATA_DIR: see "PostgreSQL" in docs/operations.md.',
  })
}
