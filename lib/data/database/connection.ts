/** One process's way to the database file: a writer that does one transaction at a time, and a reader that
 *  sees what is committed. Not a query language: Prisma speaks through adapter.ts, and what must be quick
 *  prepares its statements here. */
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import type { DatabaseState } from '../database-state.ts'
import { BUSY_TIMEOUT_MS, databaseBusy, isBusy, watchLock, WRITE_PATIENCE_MS } from './lock-retry.ts'
import { asSqlite, readsOf, type RowReads, type SqlValue } from './stored-rows.ts'
import { takeTurns } from './write-queue.ts'

const MAX_PREPARED_STATEMENTS = 500
/**
 * Of each process. With 16 MB a busy process took 13 MB more, and a stored prediction as much processor time: other
 * pages come from the system's cache (60,000 predictions in 295 MB; three alternating runs, 2026-11-30).
 */
const CACHE_KIB = 4_096
/**
 * From so many pages on (32 MB), `checkpoint` lets the write-ahead log start again. At full load that is a second of
 * predictions.
 */
const RESTART_PAGES = 8_192
/**
 * With so many (128 MB) a commit copies the log itself, which happens only where no worker calls `checkpoint`: the
 * thread then waits for the disk, 80 ms and more, and all requests of the process with it (November 2026).
 */
const CHECKPOINT_PAGES = 4 * RESTART_PAGES

/** Primary result codes: https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13
const SQLITE_IOERR_WRITE = 778

/** What may be done inside one transaction; it sees its own writes. */
export type TransactionScope = RowReads & {
  /** Answers how many rows changed. */
  readonly run: (sql: string, ...values: SqlValue[]) => number
  readonly insert: (table: string, row: Readonly<Record<string, SqlValue>>) => void
}

export type Connection = RowReads &
  DatabaseState & {
    /** For adapter.ts and migrate.ts alone. */
    readonly writer: DatabaseSync
    /**
     * Runs `work` on the writer without concurrent use, and retries while another program's lock refuses it:
     * `work` must have no effect when it is refused. `database_busy` after the patience.
     */
    readonly alone: <T>(work: () => T, patienceMs?: number) => Promise<T>
    /**
     * The same for a transaction that continues after `work`: the writer is reserved until `done` is called.
     */
    readonly hold: <T>(work: () => T) => Promise<{ readonly answer: T; readonly done: () => void }>
    /** One transaction: all of `work` or none. `work` may not wait. */
    readonly write: <T>(work: (writing: TransactionScope) => T, patienceMs?: number) => Promise<T>
    /** The writer's prepared statement of this text. */
    readonly written: (sql: string) => StatementSync
    /** The reader's: it sees what is committed, and never waits for a writer. */
    readonly read: (sql: string) => StatementSync
    /** Copies what it can of the write-ahead log into the file; nothing while a transaction of this process is open.
     *  Writers wait for some 20 ms once a log of 32 MB is complete there, and not at all before. */
    readonly checkpoint: () => void
    /** `write` for rows that nothing else depends on: it does not count as a change. */
    readonly append: Connection['write']
    /** `inWords`, remembering that the disk is full. For adapter.ts, and for what fails next to the database, such as
     *  files. */
    readonly explain: (error: unknown) => unknown
    readonly close: () => void
  }

/** `patienceMs`: how long a write waits for another program's lock; background processes may use more. */
export function connect(
  file: string,
  { patienceMs = WRITE_PATIENCE_MS }: { readonly patienceMs?: number } = {},
): Connection {
  const writer = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  for (const pragma of [
    'journal_mode = WAL',
    'synchronous = NORMAL',
    'secure_delete = ON',
    'temp_store = MEMORY',
    `cache_size = -${CACHE_KIB}`,
    `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  ])
    writer.exec(`PRAGMA ${pragma}`)
  const reader = connectForReading(file)
  const written = statementsOf(writer)
  const turns = takeTurns()
  const lock = watchLock()
  const writing: TransactionScope = {
    run: (sql, ...values) => Number(written(sql).run(...values.map(asSqlite)).changes),
    insert: (table, row) => {
      written(insertion(table, Object.keys(row))).run(...Object.values(row).map(asSqlite))
    },
    ...readsOf(written),
  }

  let changes = 0
  const changed = (): void => {
    changes += 1
  }
  let fullAt: number | null = null
  const explain = (error: unknown): unknown => {
    const explained = inWords(error)
    if (isDarkroomError(explained) && explained.code === 'disk_full') fullAt = performance.now()
    return explained
  }

  async function hold<T>(work: () => T, patience = patienceMs): Promise<{ answer: T; done: () => void }> {
    const deadline = performance.now() + patience
    const turn = turns.turn(deadline)
    const done = turn instanceof Promise ? await turn : turn
    try {
      const answer = lock.whenFree(work, deadline)
      return { answer: answer instanceof Promise ? await answer : answer, done }
    } catch (error) {
      done()
      throw error
    }
  }

  async function transaction<T>(work: (writing: TransactionScope) => T, patience?: number): Promise<T> {
    const { done } = await hold(() => written('BEGIN IMMEDIATE').run(), patience).catch((error: unknown) => {
      throw explain(error)
    })
    try {
      const answer = work(writing)
      written('COMMIT').run()
      return answer
    } catch (error) {
      if (writer.isTransaction) writer.exec('ROLLBACK')
      throw explain(error)
    } finally {
      done()
    }
  }

  return {
    writer,
    written,
    read: reader.read,
    all: reader.all,
    one: reader.one,
    async hold(work) {
      const { answer, done } = await hold(work)
      const end = (): void => {
        changed()
        done()
      }
      return { answer, done: end }
    },
    patienceMs,
    explain,
    writingState: () => ({
      lockedForMs: lock.heldForMs(),
      diskFullMsAgo: fullAt === null ? null : performance.now() - fullAt,
      waiting: turns.waiting(),
    }),
    async alone(work, patience) {
      const { answer, done } = await hold(work, patience)
      changed()
      done()
      return answer
    },
    checkpoint() {
      // SQLite refuses it in a transaction, and one of Prisma may be open: the next call copies what this one does not
      if (writer.isTransaction) return
      const copy = (mode: 'PASSIVE' | 'RESTART') =>
        writer.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as { readonly log: number }
      // the second one makes writers wait, for what was written during the first
      if (copy('PASSIVE').log >= RESTART_PAGES) copy('RESTART')
    },
    append: transaction,
    changes: () => changes,
    async purgeLog() {
      const checkpoint = (): void => {
        // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
        const { busy } = writer.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
        if (busy !== 0) throw new CheckpointBusy()
      }
      const { done } = await hold(checkpoint).catch((error: unknown) => {
        if (isDarkroomError(error) && error.code === 'database_busy') return { done: null }
        throw inWords(error)
      })
      done?.()
      return done !== null
    },
    write: (work, patience) => transaction(work, patience).finally(changed),
    close() {
      lock.abort()
      reader.close()
      writer.close()
    },
  }
}

/** Others were reading or writing: as passing as a lock. */
class CheckpointBusy extends Error {
  readonly errcode = 5
}

/** The reader alone, for a process that only looks. Others' writes do not hold it up: in WAL mode it sees
 *  what was committed before. */
export function connectForReading(file: string): Pick<Connection, 'all' | 'one' | 'read' | 'close'> {
  const reader = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, readOnly: true })
  const read = statementsOf(reader)
  const reads = readsOf(read)
  return {
    read,
    all: <T>(sql: string, ...values: SqlValue[]) => reported(() => reads.all<T>(sql, ...values)),
    one: <T>(sql: string, ...values: SqlValue[]) => reported(() => reads.one<T>(sql, ...values)),
    close: () => reader.close(),
  }
}

/** A reader is refused only by a program that recovers the file or has it to itself, which is over in a
 *  moment or is an owner's to end. */
function reported<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw inWords(error)
  }
}

const insertion = (table: string, columns: readonly string[]): string =>
  `INSERT INTO "${table}" (${columns.map((c) => `"${c}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

/** Each prepared once; when full, the oldest is dropped. */
export function statementsOf(database: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>()
  return (sql) => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    const oldest = prepared.size >= MAX_PREPARED_STATEMENTS ? prepared.keys().next().value : undefined
    if (oldest !== undefined) prepared.delete(oldest)
    prepared.set(sql, statement)
    return statement
  }
}

/** The user can fix a full disk or another program's lock; every other database error is ours. */
function inWords(error: unknown): unknown {
  if (isDarkroomError(error) || !(error instanceof Error)) return error
  if (isBusy(error)) return databaseBusy(0, error)
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
  const isFull =
    code === SQLITE_FULL || code === SQLITE_IOERR_WRITE || ('code' in error && error.code === 'ENOSPC')
  if (!isFull) return error
  return new DarkroomError(
    'disk_full',
    {
      what: 'The data could not be stored',
      why: 'the disk that holds DATA_DIR is full',
      remedy: 'Free up space on it. Data that was stored before is intact.',
    },
    { cause: error },
  )
}
