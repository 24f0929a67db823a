/** Brings a database file to the present tables: plain SQL files, in order, once each, each in one transaction of its own.
 *  It never goes back and never edits: a file that was applied may not change afterwards. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BUSY_TIMEOUT_MS } from './busy.ts'

export const MIGRATIONS = path.join(import.meta.dirname, '../../prisma/migrations')

/** It holds password hashes; SQLite gives the files beside it the same mode. */
const OWNER_ONLY = 0o600

export const MIGRATIONS_TABLE = '_migrations'
const TABLE = `CREATE TABLE IF NOT EXISTS "${MIGRATIONS_TABLE}" ("name" TEXT NOT NULL PRIMARY KEY, "sha256" TEXT NOT NULL, "appliedAt" DATETIME NOT NULL)`

/** Applies what is missing; answers the names. Safe when several processes start at once. Whatever fails, a lock of another program included,
 *  leaves the file between two migrations, so that it may be called again. */
export function migrate(file: string, now: number, folder = MIGRATIONS): readonly string[] {
  closeSync(openSync(file, 'a', OWNER_ONLY))
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = NORMAL')
    database.exec(TABLE)
    return migrationsIn(folder).filter((migration) => apply(database, migration, now)).map((migration) => migration.name)
  } finally {
    database.close()
  }
}

type Migration = { readonly name: string; readonly sql: string; readonly sha256: string }

function migrationsIn(folder: string): readonly Migration[] {
  return readdirSync(folder).filter((name) => name.endsWith('.sql')).sort().map((name) => {
    const sql = readFileSync(path.join(folder, name), 'utf8')
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
  })
}

/** `foreign_keys` does nothing inside a transaction, and a table rebuilt with it on would take its children along
 *  (https://www.sqlite.org/lang_altertable.html#otheralter): so it is off before, and all keys are checked before the commit. */
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
    if (orphans.length > 0) throw new Error(`Migration ${name} leaves ${orphans.length} rows without their parents, the first in table ${String(orphans[0]?.table)}.`)
    database.prepare('INSERT INTO "_migrations" ("name", "sha256", "appliedAt") VALUES (?, ?, ?)').run(name, sha256, now)
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
  if (row.sha256 !== sha256) throw new Error(`Migration ${name} was changed after it was applied to this database. Restore the file, and put the change into a new migration.`)
  return true
}
