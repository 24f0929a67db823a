/** One process's way to the database file: a writer that does one transaction at a time, and a reader that sees what is committed.
 *  Not a query language: Prisma speaks through adapter.ts, and what must be quick prepares its statements here. */
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'

/** How long a write waits for another process's transaction; ours last milliseconds. */
const BUSY_TIMEOUT_MS = 5_000
const STATEMENTS_KEPT = 500
const CACHE_KIB = 16_384

/** Primary result codes: https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13
const SQLITE_IOERR_WRITE = 778

type Value = string | number | boolean | Date | Uint8Array | null

/** What may be done inside one transaction; it sees its own writes. */
export type Transacting = {
  /** Answers how many rows changed. */
  readonly run: (sql: string, ...values: Value[]) => number
  readonly insert: (table: string, row: Readonly<Record<string, Value>>) => void
  readonly all: <T>(sql: string, ...values: Value[]) => T[]
  readonly one: <T>(sql: string, ...values: Value[]) => T | undefined
}

export type Connection = {
  /** For adapter.ts and migrate.ts alone. */
  readonly writer: DatabaseSync
  /** Waits until no transaction is open, and keeps others out until its answer is called. */
  readonly turn: () => Promise<() => void>
  readonly isTaken: () => boolean
  /** One transaction: all of `work` or none. `work` may not wait. */
  readonly write: <T>(work: (writing: Transacting) => T) => Promise<T>
  /** The writer's prepared statement of this text. */
  readonly written: (sql: string) => StatementSync
  /** Committed rows; their type is what the SQL says. */
  readonly all: <T>(sql: string, ...values: Value[]) => T[]
  readonly one: <T>(sql: string, ...values: Value[]) => T | undefined
  readonly close: () => void
}

export function connect(file: string): Connection {
  const writer = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'temp_store = MEMORY', `cache_size = -${CACHE_KIB}`]) writer.exec(`PRAGMA ${pragma}`)
  const reader = connectForReading(file)
  const written = statementsOf(writer)
  const turns = takeTurns()
  const writing: Transacting = {
    run: (sql, ...values) => Number(written(sql).run(...values.map(asSqlite)).changes),
    insert: (table, row) => { written(insertion(table, Object.keys(row))).run(...Object.values(row).map(asSqlite)) },
    all: <T>(sql: string, ...values: Value[]) => written(sql).all(...values.map(asSqlite)) as T[],
    one: <T>(sql: string, ...values: Value[]) => written(sql).get(...values.map(asSqlite)) as T | undefined,
  }

  return {
    writer,
    ...turns,
    written,
    all: reader.all,
    one: reader.one,
    async write(work) {
      const done = await turns.turn()
      try {
        writer.exec('BEGIN IMMEDIATE')
        const answer = work(writing)
        writer.exec('COMMIT')
        return answer
      } catch (error) {
        if (writer.isTransaction) writer.exec('ROLLBACK')
        throw inWords(error)
      } finally {
        done()
      }
    },
    close() {
      reader.close()
      writer.close()
    },
  }
}

/** The reader alone, for a process that only looks. */
export function connectForReading(file: string): Pick<Connection, 'all' | 'one' | 'close'> {
  const reader = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, readOnly: true })
  const read = statementsOf(reader)
  return {
    all: <T>(sql: string, ...values: Value[]) => read(sql).all(...values.map(asSqlite)) as T[],
    one: <T>(sql: string, ...values: Value[]) => read(sql).get(...values.map(asSqlite)) as T | undefined,
    close: () => reader.close(),
  }
}

const asSqlite = (value: Value): SQLInputValue => (value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : value)

const insertion = (table: string, columns: readonly string[]): string =>
  `INSERT INTO "${table}" (${columns.map((c) => `"${c}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

/** A mutex in the order of asking. */
export function takeTurns(): Pick<Connection, 'turn' | 'isTaken'> {
  let last = Promise.resolve()
  let asked = 0
  return {
    isTaken: () => asked > 0,
    turn() {
      asked += 1
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = promise
      let isOver = false
      return before.then(() => () => {
        if (isOver) return
        isOver = true
        asked -= 1
        resolve()
      })
    },
  }
}

/** Prepared once each; the oldest makes room. */
export function statementsOf(database: DatabaseSync): (sql: string) => StatementSync {
  const kept = new Map<string, StatementSync>()
  return (sql) => {
    const known = kept.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    const oldest = kept.size >= STATEMENTS_KEPT ? kept.keys().next().value : undefined
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(sql, statement)
    return statement
  }
}

/** A full disk is a person's to mend; every other failure of the database is ours. */
export function inWords(error: unknown): unknown {
  if (isDarkroomError(error) || !(error instanceof Error)) return error
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
  const isFull = code === SQLITE_FULL || code === SQLITE_IOERR_WRITE || ('code' in error && error.code === 'ENOSPC')
  if (!isFull) return error
  return new DarkroomError('disk_full', { what: 'Nothing more could be stored', why: 'the disk that holds DATA_DIR is full', remedy: 'Make room on it; what was stored before is whole.' }, { cause: error })
}
