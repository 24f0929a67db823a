/**
 * `npm run migrate-storage -- --to postgresql://…`: copies the database file to PostgreSQL, while Darkroom runs or
 * is stopped. It changes neither the file nor the settings.
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { copyFromSqlite } from '#lib/data/database/postgres/copy-from-sqlite.ts'
import { counted } from '#lib/domain/count-text.ts'
import { readStart } from '#lib/processes/settings.ts'
import { createLines } from './terminal/progress-line.ts'
import { runCommand } from './terminal/run-command.ts'
import { wrong } from './terminal/wrong-argument.ts'

const HELP = `npm run migrate-storage -- --to postgresql://user:password@host:5432/database

Copies the database file of SQLite to a PostgreSQL database, which must be empty or an earlier copy of the
same file, and compares each table afterwards. Files in DATA_DIR are not copied: PostgreSQL instances use
the same folder. Nothing is changed in the file.

Darkroom may run meanwhile: rows that change after the start of the copy are missing in it. Copy once while
it runs, stop it, copy again (only what differs is written, which takes less time), and start it with
DATABASE_URL set to the new database. Sign in again then.

  --to URL   the PostgreSQL database
  --help     show this help

Settings: DATA_DIR, DATABASE_URL (of the file; default: darkroom.db in DATA_DIR).`

const lines = createLines()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (values.to === undefined || !/^postgres(ql)?:\/\//.test(values.to) || !URL.canParse(values.to))
    throw wrong(
      'Nothing was copied',
      '--to is not a URL of PostgreSQL',
      'See npm run migrate-storage -- --help.',
    )
  const { databaseFile, databaseUrl } = readStart().places
  if (databaseUrl !== undefined || !existsSync(databaseFile))
    throw wrong(
      'Nothing was copied',
      databaseUrl === undefined
        ? `there is no database at ${databaseFile}`
        : 'DATABASE_URL names a PostgreSQL database already',
      'Set DATA_DIR, and DATABASE_URL only if the file is elsewhere.',
    )
  const began = performance.now()
  const copies = await copyFromSqlite(databaseFile, values.to, {
    now: Date.now(),
    onProgress: ({ table, done, total }) => lines.passing(`${table}: ${done} of ${total}`),
  })
  for (const { table, rows, written, removed, sha256 } of copies)
    if (rows + removed > 0)
      lines.line(
        `${table}: ${counted(rows, 'row')}, ${written} written, ${removed} removed, sha256 ${sha256.slice(0, 12)}`,
      )
  const rows = copies.reduce((sum, copy) => sum + copy.rows, 0)
  const changed = copies.reduce((sum, copy) => sum + copy.written + copy.removed, 0)
  lines.line(
    `${counted(copies.length, 'table')}, ${counted(rows, 'row')}: ${changed} changed, all verified, in ` +
      `${((performance.now() - began) / 1_000).toFixed(1)} s.`,
  )
  return 0
}

await runCommand(main)
