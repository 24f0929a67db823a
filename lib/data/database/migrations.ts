/** The migrations of a folder, and which databases they cannot be applied to. It opens no database: migrate.ts and
 *  postgres/migrate.ts do. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DarkroomError } from '#lib/domain/errors.ts'

export const MIGRATIONS_TABLE = '_migrations'

export function refuseNewer(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new DarkroomError('conflict', {
    what: 'The database cannot be opened',
    why: `a newer version of Darkroom has changed it (${unknown.join(', ')})`,
    remedy: 'Start that version again, or restore a backup made before the update.',
  })
}

export type Migration = { readonly name: string; readonly sql: string; readonly sha256: string }

export function migrationsIn(folder: string): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(folder, name), 'utf8')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    })
}

export const changedMigration = (name: string): Error =>
  new Error(
    `Migration ${name} was changed after it was applied to this database. Restore the file, and put ` +
      'the change into a new migration.',
  )
