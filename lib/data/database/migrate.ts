/**
 * Migrates a database file to the current tables: plain SQL files, in order, each once and in its own
 * transaction. There are no down migrations, and an applied file must not change afterwards.
 */
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BUSY_TIMEOUT_MS } from './lock-retry.ts'
import { lockAlone } from './file-lock.ts'
import {
  changedMigration,
  migrationsIn,
  MIGRATIONS_TABLE,
  refuseNewer,
  type Migration,
} from './migrations.ts'

export const MIGRATIONS = path.join(import.meta.dirname, '../../../prisma/migrations')

/** It contains password hashes; SQLite gives the files next to it the same mode. */
const OWNER_ONLY = 0o600
/** How long a process waits while another one migrates the same database. */
const LONGEST_MIGRATION_MS = 600_000

const TABLE =
  `CREATE TABLE IF NOT EXISTS "${MIGRATIONS_TABLE}" ("name" TEXT NOT NULL PRIMARY KEY, "sha256" TEXT NOT ` +
  'NULL, "appliedAt" DATETIME NOT NULL)'

/** Called before the first migration of a database that is not new; throws where migrating is not safe. */
export type MigrationHook = (database: DatabaseSync, firstPending: string) => void

/** Applies what is missing; answers the names. Safe when several processes start at once. Whatever fails, a
 *  lock of another program included, leaves the file between two migrations, so that it may be called again. */
export function migrate(
  file: string,
  now: number,
  folder = MIGRATIONS,
  before: MigrationHook = () => {},
): readonly string[] {
  closeSync(openSync(file, 'a', OWNER_ONLY))
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = NORMAL')
    database.exec(TABLE)
    const migrations = migrationsIn(folder)
    const names = migrations.map(({ name }) => name)
    refuseNewer(appliedIn(database), names)
    if (names.every((name) => appliedIn(database).includes(name)))
      return migrations.filter((migration) => apply(database, migration, now)).map(({ name }) => name)
    const alone = lockAlone(path.join(path.dirname(file), 'migrating.lock'), LONGEST_MIGRATION_MS)
    try {
      const applied = appliedIn(database)
      const firstPending = names.find((name) => !applied.includes(name))
      if (applied.length > 0 && firstPending !== undefined) before(database, firstPending)
      return migrations.filter((migration) => apply(database, migration, now)).map(({ name }) => name)
    } finally {
      alone?.release()
    }
  } finally {
    database.close()
  }
}

/** Those that this program does not have: a newer one applied them. */
export function unknownMigrations(applied: readonly string[], folder = MIGRATIONS): readonly string[] {
  const known = migrationsIn(folder).map(({ name }) => name)
  return applied.filter((name) => !known.includes(name))
}

const appliedIn = (database: DatabaseSync): readonly string[] =>
  database
    .prepare(`SELECT "name" FROM "${MIGRATIONS_TABLE}" ORDER BY "name"`)
    .all()
    .map(({ name }) => String(name))

/** `foreign_keys` does nothing inside a transaction, and a table rebuilt with it on would take its children
 *  along (https://www.sqlite.org/lang_altertable.html#otheralter): so it is off before, and all keys are
 *  checked before the commit. */
function apply(database: DatabaseSync, { name, sql, sha256 }: Migration, now: number): boolean {
  if (isApplied(database, name, sha256)) return false
  database.exec('PRAGMA foreign_keys = OFF')
  try {
    database.exec('BEGIN IMMEDIATE')
    if (isApplied(database, name, sha256)) {
      database.exec('ROLLBACK')
      return false
    }
    database.exec(sql)
    const orphans = database.prepare('PRAGMA foreign_key_check').all()
    if (orphans.length > 0)
      throw new Error(
        `Migration ${name} leaves ${orphans.length} rows without their parents, the first in table ` +
          `${String(orphans[0]?.table)}.`,
      )
    database
      .prepare('INSERT INTO "_migrations" ("name", "sha256", "appliedAt") VALUES (?, ?, ?)')
      .run(name, sha256, now)
    database.exec('COMMIT')
    return true
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  } finally {
    database.exec('PRAGMA foreign_keys = ON')
  }
}

function isApplied(database: DatabaseSync, name: string, sha256: string): boolean {
  const row = database.prepare('SELECT "sha256" FROM "_migrations" WHERE "name" = ?').get(name)
  if (!row) return false
  if (row.sha256 !== sha256) throw changedMigration(name)
  return true
}
