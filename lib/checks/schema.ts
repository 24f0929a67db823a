/**
 * Rule about the schema: prisma/schema.prisma matches the result of the SQL migrations. The migrations are
 * applied to an empty database in memory and its tables compared, column by column. It does not compare
 * types that SQLite does not enforce.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ProjectRule } from './rule.ts'
import { columnsOfSchema, type Columns } from './prisma-schema.ts'
import { ROOT } from './sources.ts'

const SCHEMA = 'prisma/schema.prisma'
const MIGRATIONS = 'prisma/migrations'
/** Tables that exist next to the schema: the record of migrations, and SQLite's own. */
const NOT_IN_SCHEMA = /^(sqlite_|_)|_fts/

export const schemaAndMigrations: ProjectRule = {
  name: 'the Prisma schema and the SQL migrations agree',
  counts: 'columns',
  minimum: 150,
  judge: () => {
    const required = columnsOfSchema(readFileSync(path.join(ROOT, SCHEMA), 'utf8'))
    const made = columnsOfMigrations(migrationTexts(path.join(ROOT, MIGRATIONS)))
    return { checked: required.size, broken: differences(required, made) }
  },
}

export function differences(required: Columns, made: Columns): readonly string[] {
  const missing = [...required]
    .filter(([name]) => !made.has(name))
    .map(([name]) => `${MIGRATIONS}: ${name} is in the schema, but no migration creates it.`)
  const extra = [...made]
    .filter(([name]) => !required.has(name))
    .map(([name]) => `${SCHEMA}: ${name} is created by a migration, but is not in the schema.`)
  const unlike = [...required]
    .filter(([name, column]) => made.has(name) && made.get(name) !== column)
    .map(
      ([name, column]) =>
        `${SCHEMA}: ${name} is "${column}" in the schema and "${made.get(name)}" after the migrations.`,
    )
  return [...missing, ...extra, ...unlike]
}

/** `table.column` → `key`, `required` or `optional`, of a database after all migrations. */
export function columnsOfMigrations(migrations: readonly string[]): Columns {
  using database = new DatabaseSync(':memory:')
  for (const sql of migrations) database.exec(sql)
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .all()
    .map(({ name }) => String(name))
  const columns = tables
    .filter((table) => !NOT_IN_SCHEMA.test(table))
    .flatMap((table) =>
      database
        .prepare(`SELECT name, "notnull" AS required, pk FROM pragma_table_info(?)`)
        .all(table)
        .map(({ name, required, pk }) => {
          const presence = Number(required) ? 'required' : 'optional'
          return [`${table}.${name}`, Number(pk) > 0 ? 'key' : presence] as const
        }),
    )
  return new Map(columns)
}

function migrationTexts(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
}

if (import.meta.main) {
  const { checked, broken } = schemaAndMigrations.judge([])
  process.stdout.write(
    broken.length === 0
      ? `The schema and the migrations agree: ${checked} columns.\n`
      : `${broken.join('\n')}\n`,
  )
  process.exitCode = broken.length === 0 ? 0 : 2
}
