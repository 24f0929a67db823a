/** Migrates a PostgreSQL database to the current tables: plain SQL files, in order, each once, all that are missing in
 *  one transaction. Several processes and hosts may start at once: one migrates, the others wait for it. */
import { setTimeout as wait } from 'node:timers/promises'
import path from 'node:path'
import pg from 'pg'
import { DarkroomError } from '#lib/domain/errors.ts'
import {
  changedMigration,
  migrationsIn,
  MIGRATIONS_TABLE,
  refuseNewer,
  type Migration,
} from '../migrations.ts'
import { clientOptions, serverOf } from './connection.ts'
import { inWords, isUnavailable } from './errors.ts'

export const POSTGRES_MIGRATIONS = path.join(import.meta.dirname, '../../../../prisma/migrations-postgres')

/** What older servers lack: nothing known; 13 and older get no corrections any more (November 2025). */
const OLDEST_SERVER = 14
/** The same for all processes of all hosts; only its being ours matters. */
const LOCK = 0x6461726b // "dark"
/** How long a process waits while another one migrates the same database. */
const LONGEST_MIGRATION_MS = 600_000
/** Between two attempts to reach a server that is still starting. */
const RETRY_MS = 500

const TABLE =
  `CREATE TABLE IF NOT EXISTS "${MIGRATIONS_TABLE}" ("name" TEXT COLLATE "C" NOT NULL PRIMARY KEY, "sha256" TEXT NOT ` +
  'NULL, "appliedAt" TIMESTAMP(3) NOT NULL)'

/** Applies what is missing; answers the names. Waits until the server answers, for at most `patienceMs`. */
export async function migratePostgres(
  url: string,
  {
    now,
    patienceMs,
    folder = POSTGRES_MIGRATIONS,
  }: { readonly now: number; readonly patienceMs: number; readonly folder?: string },
): Promise<readonly string[]> {
  const client = await connected(url, patienceMs)
  try {
    await refuseUnfit(client)
    const migrations = migrationsIn(folder)
    const before = await appliedIn(client)
    if (before !== null && missingOf(migrations, before).length === 0) return []
    return await migrateAlone(client, migrations, now)
  } catch (error) {
    throw inWords(error, serverOf(url))
  } finally {
    await client.end()
  }
}

async function connected(url: string, patienceMs: number): Promise<pg.Client> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const client = new pg.Client(clientOptions(url))
    client.on('error', () => {}) // the statement that waits for the answer fails
    try {
      await client.connect()
      return client
    } catch (error) {
      if (!isUnavailable(error) || performance.now() + RETRY_MS > deadline)
        throw inWords(error, serverOf(url))
      await wait(RETRY_MS)
    }
  }
}

async function migrateAlone(
  client: pg.Client,
  migrations: readonly Migration[],
  now: number,
): Promise<readonly string[]> {
  await client.query('BEGIN')
  try {
    await client.query(`SET LOCAL lock_timeout = ${LONGEST_MIGRATION_MS}`)
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const before = await appliedIn(client)
    if (before === null) {
      await refuseForeignTables(client)
      await client.query(TABLE)
    }
    const missing = missingOf(migrations, before ?? new Map())
    for (const { name, sql, sha256 } of missing) {
      await client.query(sql)
      await client.query(
        `INSERT INTO "${MIGRATIONS_TABLE}" ("name", "sha256", "appliedAt") VALUES ($1, $2, $3)`,
        [name, sha256, new Date(now).toISOString()],
      )
    }
    await client.query('COMMIT')
    return missing.map(({ name }) => name)
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}) // the connection may have ended, and with it the transaction
    throw error
  }
}

/** Name → hash; null: never migrated. */
async function appliedIn(client: pg.Client): Promise<ReadonlyMap<string, string> | null> {
  const { rows: found } = await client.query<{ name: string | null }>('SELECT to_regclass($1) AS "name"', [
    `"${MIGRATIONS_TABLE}"`,
  ])
  if (found[0]?.name === null) return null
  const { rows } = await client.query<{ name: string; sha256: string }>(
    `SELECT "name", "sha256" FROM "${MIGRATIONS_TABLE}" ORDER BY "name"`,
  )
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]))
}

/** In order; refuses a database of a newer version, and one whose migrations differ from ours. */
function missingOf(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  refuseNewer(
    [...applied.keys()],
    migrations.map(({ name }) => name),
  )
  for (const { name, sha256 } of migrations)
    if (applied.has(name) && applied.get(name) !== sha256) throw changedMigration(name)
  return migrations.filter(({ name }) => !applied.has(name))
}

async function refuseUnfit(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string; encoding: string; database: string }>(
    `SELECT current_setting('server_version_num')::int AS "version", current_setting('server_version') AS "name",
       current_setting('server_encoding') AS "encoding", current_database() AS "database"`,
  )
  const [server] = rows
  if (server === undefined) return
  if (server.version < OLDEST_SERVER * 10_000)
    throw unusable(
      `the server is PostgreSQL ${server.name}`,
      `Darkroom needs PostgreSQL ${OLDEST_SERVER} or newer. Update the server, or use another one.`,
    )
  if (server.encoding !== 'UTF8')
    throw unusable(
      `the database "${server.database}" stores texts as ${server.encoding}, which lacks most characters`,
      `Create another one: createdb --encoding UTF8 --template template0 ${server.database}.`,
    )
}

/** Tables of extensions do not count. */
async function refuseForeignTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS "name" FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
       AND c.relkind IN ('r', 'p') AND NOT EXISTS (
         SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
       ) ORDER BY 1`,
  )
  const [first] = rows
  if (first === undefined) return
  throw unusable(
    `the database contains ${rows.length} tables of another program, such as "${first.name}"`,
    'Create a database for Darkroom alone, and let DATABASE_URL name it. Nothing was changed.',
  )
}

const unusable = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('conflict', { what: 'The database cannot be opened', why, remedy })
