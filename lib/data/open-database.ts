/** Opens the database that the settings name: a file of SQLite, or PostgreSQL, whose modules are loaded only then. The
 *  only place that chooses. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Data } from './data.ts'
import type { DataSettings } from './data-settings.ts'
import { connect } from './database/connection.ts'
import { watchLock } from './database/lock-retry.ts'
import { migrate, MIGRATIONS } from './database/migrate.ts'
import { keepMigrationCopy } from './database/migration-copy.ts'
import { lazyPrisma, type LazyPrisma } from './database/prisma.ts'
import { sqliteStatements } from './sqlite/statements.ts'
import type { Store } from './store.ts'

/** How long a start waits for a program that keeps the database locked, or for a server that does not respond. */
const OPEN_PATIENCE_MS = 60_000

export type OpenDatabase = Pick<Store, 'database' | 'statements'> &
  LazyPrisma & {
    readonly migrated: Data['migrated']
    readonly close: () => Promise<void>
  }

/** Migrates it first. */
export const openDatabase = (settings: DataSettings): Promise<OpenDatabase> =>
  settings.databaseUrl === undefined ? openSqlite(settings) : openPostgres(settings.databaseUrl, settings)

async function openSqlite(settings: DataSettings): Promise<OpenDatabase> {
  mkdirSync(path.dirname(settings.databaseFile), { recursive: true })
  let migrated: Data['migrated'] = { applied: [], copy: null }
  const connection = await watchLock().whenFree(() => {
    migrated = migratedWithCopy(settings)
    return connect(settings.databaseFile, settings)
  }, performance.now() + OPEN_PATIENCE_MS)
  const { prisma, disconnect } = lazyPrisma(connection)
  return {
    database: connection,
    statements: sqliteStatements(connection),
    prisma,
    migrated,
    disconnect,
    close: async () => connection.close(),
  }
}

async function openPostgres(url: string, settings: DataSettings): Promise<OpenDatabase> {
  const { migratePostgres } = await import('./database/postgres/migrate.ts')
  const { connectPostgres } = await import('./database/postgres/connection.ts')
  const { postgresPrisma } = await import('./database/postgres/prisma.ts')
  const { stateOf } = await import('./database/postgres/state.ts')
  const { postgresStatements } = await import('./postgres/statements.ts')
  const applied = await migratePostgres(url, { now: settings.clock.now(), patienceMs: OPEN_PATIENCE_MS })
  const { connection, state } = stateOf(connectPostgres(url, settings))
  const { prisma, disconnect } = postgresPrisma(connection)
  return {
    database: state,
    statements: postgresStatements(connection),
    prisma,
    migrated: { applied, copy: null },
    disconnect,
    close: connection.close,
  }
}

function migratedWithCopy({ databaseFile, backupDir, clock }: DataSettings): Data['migrated'] {
  let copy: string | null = null
  const folders = [...(backupDir === undefined ? [] : [backupDir]), path.dirname(databaseFile)]
  const applied = migrate(databaseFile, clock.now(), MIGRATIONS, (database, migration) => {
    copy = keepMigrationCopy({ database, file: databaseFile, migration, folders, now: clock.now() })
  })
  return { applied, copy }
}
