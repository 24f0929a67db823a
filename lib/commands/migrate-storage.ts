/**
 * `npm run migrate-storage -- --to postgresql://…`: copies the database file to PostgreSQL, while Darkroom runs or
 * is stopped. It changes neither the file nor the settings.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { BLOB_URL_RULE, isBlobUrl } from '#lib/contracts/storage-settings.ts'
import { copyFromSqlite } from '#lib/data/database/postgres/copy-from-sqlite.ts'
import { copyFilesToStore } from '#lib/data/objects/copy-files.ts'
import { openObjectStore } from '#lib/data/objects/open-object-store.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { readStart } from '#lib/processes/settings.ts'
import { createLines } from './terminal/progress-line.ts'
import { runCommand } from './terminal/run-command.ts'
import { wrong } from './terminal/wrong-argument.ts'

const HELP = `npm run migrate-storage -- --to postgresql://user:password@host:5432/database

Copies the database file of SQLite to a PostgreSQL database, which must be empty or an earlier copy of the
same file, and compares each table afterwards. Files stay in DATA_DIR, which the instances share, unless
--files names an object store. Nothing is changed in the file or in DATA_DIR.

Darkroom may run meanwhile: rows that change after the start of the copy are missing in it. Copy once while
it runs, stop it, copy again (only what differs is written, which takes less time), and start it with
DATABASE_URL set to the new database. Sign in again then.

  --to URL     the PostgreSQL database
  --files URL  copy images, versions and pretrained networks to an object store first: the BLOB_URL of the
               instances, such as s3://bucket
  --help       show this help

Settings: DATA_DIR, DATABASE_URL (of the file; default: darkroom.db in DATA_DIR); for --files AWS_ENDPOINT_URL
and the credentials of the store.`

const lines = createLines()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      files: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
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
  if (values.files !== undefined && !isBlobUrl(values.files))
    throw wrong('Nothing was copied', `--files ${BLOB_URL_RULE}`, 'See npm run migrate-storage -- --help.')
  const { settings, places } = readStart()
  const { databaseFile, databaseUrl, dataDir } = places
  if (databaseUrl !== undefined || !existsSync(databaseFile))
    throw wrong(
      'Nothing was copied',
      databaseUrl === undefined
        ? `there is no database at ${databaseFile}`
        : 'DATABASE_URL names a PostgreSQL database already',
      'Set DATA_DIR, and DATABASE_URL only if the file is elsewhere.',
    )
  const began = performance.now()
  if (values.files !== undefined)
    await copyFiles({ dataDir, url: values.files, endpoint: settings.AWS_ENDPOINT_URL })
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

async function copyFiles({
  dataDir,
  url,
  endpoint,
}: {
  readonly dataDir: string
  readonly url: string
  readonly endpoint: string | undefined
}): Promise<void> {
  const store = await openObjectStore({ url, endpoint, cacheBytes: 0 })
  try {
    const { images, folders, sent } = await copyFilesToStore(dataDir, store, {
      id: randomUUID,
      onProgress: (done) => lines.passing(`images: ${done}`),
    })
    lines.line(
      `${counted(images, 'image file')}, ${sent} sent, and ${counted(folders, 'folder')} of versions and ` +
        `pretrained networks are in ${url}.`,
    )
  } finally {
    store.close()
  }
}

await runCommand(main)
