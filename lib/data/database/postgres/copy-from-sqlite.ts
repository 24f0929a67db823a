/** Copies the rows of an SQLite file to a PostgreSQL database, table by table in batches. It may be interrupted, and
 *  done again: it compares, and writes only what differs. It copies no files. */
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { DarkroomError } from '#lib/domain/errors.ts'
import { MIGRATIONS } from '../migrate.ts'
import { migrationsIn, MIGRATIONS_TABLE } from '../migrations.ts'
import { readsOf, type RowReads, type SqlValue } from '../stored-rows.ts'
import { connectPostgres, type PostgresConnection } from './connection.ts'
import { migratePostgres } from './migrate.ts'
import { tablesOf, type Table } from './tables.ts'

const ROWS_AT_ONCE = 1_000
/** How long the copy waits for the server to respond. */
const PATIENCE_MS = 10_000
/** What processes write about themselves, which means nothing elsewhere. */
const OF_PROCESSES = ['WebProcess', 'Host', 'Lease', 'CountedElsewhere']
/** A row of KeptSetting by which a database is known to be the copy of this file and of no other. */
const ORIGIN = 'copied-from'

type Row = Readonly<Record<string, SqlValue>>
export type TableCopy = {
  readonly table: string
  readonly rows: number
  readonly written: number
  readonly removed: number
  /** Of all rows, equal in both databases. */
  readonly sha256: string
}
type Progress = (progress: { readonly table: string; readonly done: number; readonly total: number }) => void

/** One state of the file, whatever is written to it meanwhile; then both are read again and compared. */
export async function copyFromSqlite(
  file: string,
  url: string,
  { now, onProgress = () => {} }: { readonly now: number; readonly onProgress?: Progress },
): Promise<readonly TableCopy[]> {
  const source = new DatabaseSync(file, { readOnly: true })
  try {
    source.exec('BEGIN')
    const from = readsOf((sql) => source.prepare(sql))
    const origin = originOf(from)
    await migratePostgres(url, { now, patienceMs: PATIENCE_MS })
    const to = connectPostgres(url)
    try {
      await refuseOther(to, origin)
      const tables = (await tablesOf(to)).filter(({ name }) => !OF_PROCESSES.includes(name))
      const removed = new Map<string, number>()
      for (const table of tables.toReversed()) removed.set(table.name, await removeOthers(table, from, to))
      await markAsCopy(to, origin, now)
      const copies: TableCopy[] = []
      for (const table of tables) {
        const written = await writeDifferences(table, from, to, onProgress)
        copies.push({ ...(await verified(table, from, to)), written, removed: removed.get(table.name) ?? 0 })
      }
      return copies
    } finally {
      await to.close()
    }
  } finally {
    source.close()
  }
}

/** The time of the first migration, in milliseconds, tells installations apart. */
function originOf(from: RowReads): string {
  const applied = from.all<{ name: string; appliedAt: Date }>(
    `SELECT "name", "appliedAt" FROM "${MIGRATIONS_TABLE}" ORDER BY "name"`,
  )
  const known = migrationsIn(MIGRATIONS).map(({ name }) => name)
  if (applied.map(({ name }) => name).join() !== known.join())
    throw refused(
      'the database file has the tables of another version of Darkroom',
      'Start this version once, which migrates the file, and copy then.',
    )
  return `sqlite ${applied[0]?.appliedAt.toISOString() ?? ''}`
}

async function refuseOther(to: PostgresConnection, origin: string): Promise<void> {
  const marks = await to.all<{ name: string; valueJson: string }>(
    'SELECT "name", "valueJson" FROM "KeptSetting" WHERE "name" = ANY($1)',
    [ORIGIN, 'session-secret'],
  )
  const mark = marks.find(({ name }) => name === ORIGIN)?.valueJson
  const wasUsed = marks.some(({ name }) => name !== ORIGIN)
  const rows = await to.one<{ rows: number }>(
    'SELECT (SELECT COUNT(*) FROM "Host") + (SELECT COUNT(*) FROM "WebProcess") AS "rows"',
  )
  if (wasUsed || (rows?.rows ?? 0) > 0)
    throw refused(
      'Darkroom has already been started with the database of --to, and a copy would replace what is new there',
      'Use an empty database.',
    )
  if (mark !== undefined && mark !== JSON.stringify(origin))
    throw refused('the database of --to is the copy of another installation', 'Use an empty database.')
  const classifiers = await to.one<{ rows: number }>('SELECT COUNT(*) AS "rows" FROM "Classifier"')
  if (mark === undefined && (classifiers?.rows ?? 0) > 0)
    throw refused('the database of --to contains data already', 'Use an empty database.')
}

const markAsCopy = (to: PostgresConnection, origin: string, now: number): Promise<number> =>
  to.run(
    'INSERT INTO "KeptSetting" ("name", "valueJson", "changedAt") VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    ORIGIN,
    JSON.stringify(origin),
    new Date(now),
  )

/** Rows that are not in the file. Tables that refer to others come first. */
async function removeOthers(table: Table, from: RowReads, to: PostgresConnection): Promise<number> {
  let removed = 0
  for await (const { source, target } of ranges(table, table.key, from, to)) {
    const known = new Set(source.map((row) => keyOf(table, row)))
    const extra = target.filter((row) => !known.has(keyOf(table, row)))
    if (extra.length > 0)
      removed += await to.write(async (scope) => {
        await scope.run(`ALTER TABLE "${table.name}" DISABLE TRIGGER USER`)
        const { list, values } = asLists(table, table.key, extra)
        const count = await scope.run(
          `DELETE FROM "${table.name}" WHERE (${names(table.key)}) IN (SELECT * FROM ${list})`,
          ...values,
        )
        await scope.run(`ALTER TABLE "${table.name}" ENABLE TRIGGER USER`)
        return count
      })
  }
  return removed
}

/** Triggers keep sums, which are copied like other rows. */
async function writeDifferences(
  table: Table,
  from: RowReads,
  to: PostgresConnection,
  onProgress: Progress,
): Promise<number> {
  const total = from.one<{ rows: number }>(`SELECT COUNT(*) AS "rows" FROM "${table.name}"`)?.rows ?? 0
  let written = 0
  let done = 0
  for await (const { source, target } of ranges(table, columnsOf(table), from, to)) {
    const stored = new Map(target.map((row) => [keyOf(table, row), canonical(table, row)]))
    const different = source.filter((row) => stored.get(keyOf(table, row)) !== canonical(table, row))
    if (different.length > 0) await write(table, different, to)
    written += different.length
    done += source.length
    onProgress({ table: table.name, done, total })
  }
  if (table.sequence !== null)
    await to.one(`SELECT setval($1, GREATEST((SELECT MAX("id") FROM "${table.name}"), 1))`, table.sequence)
  return written
}

async function write(table: Table, rows: readonly Row[], to: PostgresConnection): Promise<void> {
  const columns = columnsOf(table)
  const { list, values } = asLists(table, columns, rows)
  const others = columns.filter((column) => !table.key.includes(column))
  const update = others.map((column) => `"${column}" = EXCLUDED."${column}"`).join(', ')
  await to.write(async (scope) => {
    await scope.run(`ALTER TABLE "${table.name}" DISABLE TRIGGER USER`)
    await scope.run(
      `INSERT INTO "${table.name}" (${names(columns)}) SELECT * FROM ${list} ` +
        `ON CONFLICT (${names(table.key)}) DO ${others.length === 0 ? 'NOTHING' : `UPDATE SET ${update}`}`,
      ...values,
    )
    await scope.run(`ALTER TABLE "${table.name}" ENABLE TRIGGER USER`)
  })
}

async function verified(
  table: Table,
  from: RowReads,
  to: PostgresConnection,
): Promise<Pick<TableCopy, 'table' | 'rows' | 'sha256'>> {
  const hashes = { source: createHash('sha256'), target: createHash('sha256') }
  const counts = { source: 0, target: 0 }
  for await (const range of ranges(table, columnsOf(table), from, to))
    for (const side of ['source', 'target'] as const) {
      for (const row of range[side]) hashes[side].update(canonical(table, row)).update('\n')
      counts[side] += range[side].length
    }
  const sha256 = hashes.source.digest('hex')
  if (counts.source !== counts.target || sha256 !== hashes.target.digest('hex'))
    throw refused(
      `the table ${table.name} differs from its copy (${counts.source} rows and ${counts.target})`,
      'Let nothing else write to the database of --to, and copy again.',
    )
  return { table: table.name, rows: counts.source, sha256 }
}

/** The rows of both databases between the same keys, in order, without the mark of the copy. */
async function* ranges(
  table: Table,
  columns: readonly string[],
  from: RowReads,
  to: PostgresConnection,
): AsyncGenerator<{ readonly source: readonly Row[]; readonly target: readonly Row[] }> {
  const key = names(table.key)
  const select = `SELECT ${names(columns)} FROM "${table.name}"`
  const marks = (first: number, mark: (i: number) => string): string =>
    table.key.map((_, i) => mark(first + i)).join(', ')
  let last: readonly SqlValue[] | null = null
  for (;;) {
    const after: readonly SqlValue[] = last ?? []
    const source: readonly Row[] = from.all<Row>(
      `${select} ${last === null ? '' : `WHERE (${key}) > (${marks(0, () => '?')})`} ORDER BY ${key} ` +
        `LIMIT ${ROWS_AT_ONCE}`,
      ...after,
    )
    const end =
      source.length < ROWS_AT_ONCE ? null : table.key.map((column) => source.at(-1)?.[column] ?? null)
    const conditions = [
      ...(last === null ? [] : [`(${key}) > (${marks(1, (i) => `$${i}`)})`]),
      ...(end === null ? [] : [`(${key}) <= (${marks(1 + after.length, (i) => `$${i}`)})`]),
    ]
    const target = await to.all<Row>(
      `${select} ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY ${key}`,
      ...after,
      ...(end ?? []),
    )
    yield { source, target: target.filter((row) => table.name !== 'KeptSetting' || row.name !== ORIGIN) }
    if (end === null) return
    last = end
  }
}

const names = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ')
const columnsOf = (table: Table): readonly string[] => [...table.columns.keys()]

/** The same text for the same row of either database. */
const canonical = (table: Table, row: Row): string =>
  JSON.stringify(columnsOf(table).map((column) => plain(row[column] ?? null)))
const keyOf = (table: Table, row: Row): string =>
  JSON.stringify(table.key.map((column) => plain(row[column] ?? null)))

function plain(value: SqlValue): unknown {
  if (value instanceof Date) return value.getTime()
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

/** One parameter for each column, not for each value. */
function asLists(
  table: Table,
  columns: readonly string[],
  rows: readonly Row[],
): { readonly list: string; readonly values: readonly (readonly SqlValue[])[] } {
  return {
    list: `unnest(${columns.map((column, i) => `$${i + 1}::${table.columns.get(column)}[]`).join(', ')})`,
    values: columns.map((column) => rows.map((row) => row[column] ?? null)),
  }
}

const refused = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('conflict', { what: 'The database was not copied', why, remedy })
