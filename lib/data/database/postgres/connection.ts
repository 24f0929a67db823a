/** One process's way to a PostgreSQL database: a pool of connections, transactions that are done again when another
 *  one changed what they depend on, and values as Prisma has them. Loaded only where DATABASE_URL names PostgreSQL.
 *  Not a query language: the statements are in lib/data/postgres. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { LONGEST_TRANSACTION_MS } from '../longest-transaction.ts'
import { WRITE_PATIENCE_MS } from '../lock-retry.ts'
import type { SqlValue } from '../stored-rows.ts'
import { inWords, isSerializationFailure, type Server } from './errors.ts'
import { StorableClient } from './text.ts'

/** Of each process. PostgreSQL accepts 100 by default, for all processes of all hosts. */
const MOST_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 10_000
const IDLE_MS = 60_000
/** Between two attempts of a transaction, at random, so that two that met do not meet again. */
const FIRST_DELAY_MS = 4
const LONGEST_DELAY_MS = 100

/** https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat */
const TYPE = { int8: 20, numeric: 1700, timestamp: 1114 } as const

/** `= ANY($1)` takes a list. */
export type PostgresValue = SqlValue | readonly SqlValue[]

/** Statements with $1, $2 …; the SQL determines the type of a row. */
export type PostgresScope = {
  readonly all: <T>(sql: string, ...values: PostgresValue[]) => Promise<T[]>
  readonly one: <T>(sql: string, ...values: PostgresValue[]) => Promise<T | undefined>
  /** Answers how many rows changed. */
  readonly run: (sql: string, ...values: PostgresValue[]) => Promise<number>
}

export type PostgresConnection = PostgresScope & {
  readonly pool: pg.Pool
  readonly server: Server
  /** One serializable transaction: all of `work` or none. `work` is done again when another transaction changed what
   *  it read, so it must have no effect but its statements. `database_busy` after the patience. */
  readonly write: <T>(work: (scope: PostgresScope) => Promise<T>, patienceMs?: number) => Promise<T>
  /** The same for rows that no other transaction decides on: each statement sees what is committed then, and waits for
   *  rows that others are changing. It does not count as a change. */
  readonly append: PostgresConnection['write']
  /** Called for each write of Prisma; state.ts counts them. */
  readonly changed: () => void
  readonly patienceMs: number
  /** The error in words. */
  readonly explain: (error: unknown) => unknown
  readonly close: () => Promise<void>
}

/** Connects when it is first used. */
export function connectPostgres(
  url: string,
  { patienceMs = WRITE_PATIENCE_MS }: { readonly patienceMs?: number } = {},
): PostgresConnection {
  const pool = new pg.Pool({
    ...clientOptions(url),
    Client: StorableClient,
    max: MOST_CONNECTIONS,
    idleTimeoutMillis: IDLE_MS,
    lock_timeout: patienceMs,
  })
  pool.on('error', () => {}) // an idle connection that ended is replaced by the next query
  const server = serverOf(url)
  const explain = (error: unknown): unknown => inWords(error, server)

  async function transaction<T>(begin: string, work: (scope: PostgresScope) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query(begin)
      const answer = await work(scopeOf(client))
      await client.query('COMMIT')
      return answer
    } catch (error) {
      await client.query('ROLLBACK').catch((failed: Error) => {
        broken = failed
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  const transact = <T>(
    begin: string,
    work: (scope: PostgresScope) => Promise<T>,
    patience = patienceMs,
  ): Promise<T> =>
    untilSerialized(() => transaction(begin, work), patience).catch((error: unknown) => {
      throw explain(error)
    })

  return {
    ...scopeOf(pool, explain),
    pool,
    server,
    changed: () => {},
    patienceMs,
    explain,
    write: (work, patience) => transact('BEGIN ISOLATION LEVEL SERIALIZABLE', work, patience),
    append: (work, patience) => transact('BEGIN', work, patience),
    close: () => pool.end(),
  }
}

/** Runs `attempt` again while it fails because of other transactions, until the patience ends. */
export async function untilSerialized<T>(
  attempt: () => Promise<T>,
  patienceMs: number,
  isToRepeat: (error: unknown) => boolean = isSerializationFailure,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(2 * delay, LONGEST_DELAY_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isToRepeat(error) || performance.now() + delay > deadline) throw error
      await wait(delay * (0.5 + Math.random()))
    }
  }
}

export const clientOptions = (url: string) =>
  ({
    connectionString: url,
    application_name: 'darkroom',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: LONGEST_TRANSACTION_MS,
    keepAlive: true,
    types: {
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        parserOf(type) ?? pg.types.getTypeParser(type, format),
    },
  }) satisfies pg.ClientConfig

/** Without the password. */
export function serverOf(url: string): Server {
  const { host = 'localhost', port, user, database } = new pg.Client({ connectionString: url })
  return { host: `${host}:${port}`, user: user ?? '', database: database ?? '' }
}

export function scopeOf(
  queryable: pg.Pool | pg.ClientBase,
  explain: (error: unknown) => unknown = (error) => error,
): PostgresScope {
  const query = async (sql: string, values: readonly PostgresValue[]): Promise<pg.QueryResult> => {
    try {
      return await queryable.query(sql, values.map(asPostgres))
    } catch (error) {
      throw explain(error)
    }
  }
  return {
    all: async (sql, ...values) => (await query(sql, values)).rows,
    one: async (sql, ...values) => (await query(sql, values)).rows[0],
    run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0,
  }
}

/** Whole numbers of 8 bytes are counts and sums here, which JavaScript holds exactly up to 2⁵³; times are UTC. */
function parserOf(type: number): ((text: string) => unknown) | undefined {
  switch (type) {
    case TYPE.int8:
    case TYPE.numeric:
      return Number
    case TYPE.timestamp:
      return (text) => new Date(`${text.replace(' ', 'T')}Z`)
    default:
      return undefined
  }
}

/** pg would write a Date in the time zone of this machine. */
function asPostgres(value: PostgresValue): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? value.map(asPostgres) : value
}
