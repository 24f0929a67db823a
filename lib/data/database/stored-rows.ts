/** Values into SQLite and rows out of it, with dates and booleans as Prisma has them: both ways to the database share
 *  one type of row. Not a query language. */
import type { SQLInputValue, StatementSync } from 'node:sqlite'

export type SqlValue = string | number | boolean | Date | Uint8Array | null

/** The SQL determines the type of a row. */
export type RowReads = {
  readonly all: <T>(sql: string, ...values: SqlValue[]) => T[]
  readonly one: <T>(sql: string, ...values: SqlValue[]) => T | undefined
}

/** Columns whose declared type Prisma converts; an expression has none, and stays as SQLite returns it. */
const CONVERSIONS: Readonly<Record<string, (stored: number) => unknown>> = {
  DATETIME: (stored) => new Date(stored),
  BOOLEAN: (stored) => stored !== 0,
}
type Conversions = readonly (readonly [column: string, convert: (stored: number) => unknown])[]

/** Rows with dates and booleans as Prisma returns them, so that both ways share one type of row. */
export function readsOf(statementOf: (sql: string) => StatementSync): RowReads {
  const known = new WeakMap<StatementSync, Conversions>()
  const conversionsOf = (statement: StatementSync): Conversions => {
    const before = known.get(statement)
    if (before) return before
    const found = statement.columns().flatMap(({ name, type }) => {
      const convert = type === null ? undefined : CONVERSIONS[type.toUpperCase()]
      return convert ? [[name, convert] as const] : []
    })
    known.set(statement, found)
    return found
  }
  const converted = (row: Record<string, unknown>, conversions: Conversions): Record<string, unknown> => {
    for (const [column, convert] of conversions) {
      const stored = row[column]
      if (typeof stored === 'number') row[column] = convert(stored)
    }
    return row
  }
  return {
    all: <T>(sql: string, ...values: SqlValue[]) => {
      const statement = statementOf(sql)
      const conversions = conversionsOf(statement)
      const rows = statement.all(...values.map(asSqlite))
      for (const row of rows) converted(row, conversions)
      return rows as T[]
    },
    one: <T>(sql: string, ...values: SqlValue[]) => {
      const statement = statementOf(sql)
      const row = statement.get(...values.map(asSqlite))
      return (row && converted(row, conversionsOf(statement))) as T | undefined
    },
  }
}

export function asSqlite(value: SqlValue): SQLInputValue {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value
}
