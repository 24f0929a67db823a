/**
 * Connects Prisma to SQLite: a driver adapter over node:sqlite whose transactions begin immediately and
 * exclude outside queries. The connection that it receives opens and closes the file. See docs/decisions
 * for why no published adapter is used.
 */
import { ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils'
import type {
  ArgType,
  ColumnType,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import type { Connection } from './connection.ts'

const NAMES = { provider: 'sqlite', adapterName: 'node-sqlite' } as const
/** SQLite's own limit of values in one statement. */
const MOST_VALUES = 32_766

/** By the declared type of a column; an expression has none, and is judged by its values. */
const TYPE_OF: Readonly<Record<string, ColumnType>> = {
  TEXT: ColumnTypeEnum.Text,
  INTEGER: ColumnTypeEnum.Int32,
  REAL: ColumnTypeEnum.Double,
  BOOLEAN: ColumnTypeEnum.Boolean,
  DATETIME: ColumnTypeEnum.DateTime,
  BLOB: ColumnTypeEnum.Bytes,
}

/** Extended result codes: https://www.sqlite.org/rescode.html */
const VIOLATION_OF: Readonly<
  Record<number, 'UniqueConstraintViolation' | 'NullConstraintViolation' | 'ForeignKeyConstraintViolation'>
> = {
  2067: 'UniqueConstraintViolation',
  1555: 'UniqueConstraintViolation',
  1299: 'NullConstraintViolation',
  787: 'ForeignKeyConstraintViolation',
  1811: 'ForeignKeyConstraintViolation',
}

export const prismaAdapter = (connection: Connection): SqlDriverAdapterFactory => ({
  ...NAMES,
  connect: () => Promise.resolve(adapterOver(connection)),
})

/**
 * Prisma's reads outside of a transaction go to the reader: it never waits for a writer, ours or another
 * program's.
 */
const READS = /^\s*SELECT\b/i

function adapterOver(connection: Connection): SqlDriverAdapter {
  const writing = queriesOf(connection.written)
  const reading = queriesOf(connection.read)
  const { explain } = connection
  const alone = <T>(work: () => T): Promise<T> =>
    connection.alone(work).catch((error: unknown) => {
      throw asPrismaKnows(error, explain)
    })

  return {
    ...NAMES,
    queryRaw: async (query) =>
      READS.test(query.sql)
        ? reported(() => reading.query(query), explain)
        : alone(() => writing.query(query)),
    executeRaw: (query) => alone(() => writing.execute(query)),
    executeScript: (script) => connection.write(() => connection.writer.exec(script)),
    async startTransaction() {
      const { done } = await connection
        .hold(() => connection.writer.exec('BEGIN IMMEDIATE'))
        .catch((error: unknown) => {
          throw asPrismaKnows(error, explain)
        })
      return transactionOver(connection, writing, done)
    },
    getConnectionInfo: () => ({ supportsRelationJoins: false, maxBindValues: MOST_VALUES }),
    dispose: () => Promise.resolve(),
  }
}

function transactionOver(connection: Connection, queries: Queries, done: () => void): Transaction {
  const { writer, explain } = connection
  const end = async (statement: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    try {
      if (writer.isTransaction) reported(() => writer.exec(statement), explain)
    } finally {
      if (writer.isTransaction) writer.exec('ROLLBACK')
      done()
    }
  }
  const mark = async (statement: string): Promise<void> => reported(() => writer.exec(statement), explain)
  return {
    ...NAMES,
    options: { usePhantomQuery: true },
    queryRaw: async (query) => reported(() => queries.query(query), explain),
    executeRaw: async (query) => reported(() => queries.execute(query), explain),
    commit: () => end('COMMIT'),
    rollback: () => end('ROLLBACK'),
    createSavepoint: (name) => mark(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => mark(`ROLLBACK TO ${name}`),
    releaseSavepoint: (name) => mark(`RELEASE ${name}`),
  } satisfies Transaction & SqlQueryable
}

type Queries = {
  readonly query: (query: SqlQuery) => SqlResultSet
  readonly execute: (query: SqlQuery) => number
}
type PreparedStatement = {
  readonly statement: StatementSync
  readonly names: string[]
  readonly types: readonly (ColumnType | undefined)[]
}

/** Fails with SQLite's own error, so that the caller can decide whether to retry. */
function queriesOf(statementOf: (sql: string) => StatementSync): Queries {
  const known = new WeakMap<StatementSync, PreparedStatement>()
  const prepared = (sql: string): PreparedStatement => {
    const statement = statementOf(sql)
    const reusable = known.get(statement)
    if (reusable) return reusable
    statement.setReturnArrays(true)
    const columns = statement.columns()
    const fresh = {
      statement,
      names: columns.map((c) => c.name),
      types: columns.map((c) => (c.type === null ? undefined : TYPE_OF[c.type.toUpperCase()])),
    }
    known.set(statement, fresh)
    return fresh
  }
  const values = (query: SqlQuery): SQLInputValue[] =>
    query.args.map((value, i) => toSqlite(value, query.argTypes[i]))

  return {
    query(query) {
      const { statement, names, types } = prepared(query.sql)
      const rows = statement.all(...values(query)) as unknown as unknown[][]
      const columnTypes = types.map((type, column) => type ?? judged(rows, column))
      columnTypes.forEach((type, column) => {
        if (type === ColumnTypeEnum.DateTime) for (const row of rows) row[column] = asIso(row[column])
      })
      return { columnNames: names, columnTypes, rows }
    },
    execute: (query) => Number(prepared(query.sql).statement.run(...values(query)).changes),
  }
}

/** The type of an expression's column, by its first value. */
function judged(rows: readonly (readonly unknown[])[], column: number): ColumnType {
  const value = rows.find((row) => row[column] !== null)?.[column]
  if (typeof value === 'number') return ColumnTypeEnum.UnknownNumber
  if (value instanceof Uint8Array) return ColumnTypeEnum.Bytes
  return value === undefined ? ColumnTypeEnum.Int32 : ColumnTypeEnum.Text
}

const asIso = (milliseconds: unknown): string | null =>
  typeof milliseconds === 'number' ? new Date(milliseconds).toISOString() : null

function toSqlite(value: unknown, type: ArgType | undefined): SQLInputValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return value.getTime()
  if (value instanceof Uint8Array || typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value !== 'string') throw new Error(`SQLite cannot store a value of type ${typeof value}.`)
  switch (type?.scalarType) {
    case 'datetime':
      return Date.parse(value)
    case 'int':
    case 'bigint':
    case 'float':
    case 'decimal':
      return Number(value)
    case 'bytes':
      return Buffer.from(value, 'base64')
    default:
      return value
  }
}

type Explain = Connection['explain']

/** Runs `work`, and converts its error to one that Prisma knows. */
function reported<T>(work: () => T, explain: Explain): T {
  try {
    return work()
  } catch (error) {
    throw asPrismaKnows(error, explain)
  }
}

function asPrismaKnows(error: unknown, explain: Explain): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  const { errcode: code, message } = error
  const original = { originalCode: String(code), originalMessage: message }
  const violation = VIOLATION_OF[code]
  if (violation === 'ForeignKeyConstraintViolation')
    return new DriverAdapterError({ ...original, kind: violation, constraint: { foreignKey: {} } })
  if (violation) {
    const fields = message
      .split('constraint failed: ')
      .at(1)
      ?.split(', ')
      .map((field) => field.split('.').pop() ?? field)
    return new DriverAdapterError({ ...original, kind: violation, ...(fields && { constraint: { fields } }) })
  }
  const explained = explain(error)
  return explained === error
    ? new DriverAdapterError({ ...original, kind: 'sqlite', extendedCode: code, message })
    : explained
}
