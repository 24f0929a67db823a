/**
 * `npm run test:hosts`: several web and worker instances that share a database, killed at random moments under load.
 * test-hosts/killed-hosts.ts judges.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { lacksPostgres, startThrowawayPostgres } from '#lib/processes/throwaway/throwaway-postgres.ts'
import { lacksSwift, startThrowawaySwift } from '#lib/processes/throwaway/throwaway-swift.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { exitOnSignals } from './terminal/exit-on-signals.ts'
import { machineName } from './terminal/machine-name.ts'
import { resultTable } from './terminal/result-table.ts'
import { killedHosts, type Installation } from './test-hosts/killed-hosts.ts'
import type { CheckResult } from './test-faults/fault-scenario.ts'

const KILLS = 20

const HELP = `npm run test:hosts [-- options]

Starts three web and two worker instances of one installation on this machine, kills processes and whole
instances at random moments while clients predict, versions are promoted and runs train, and prints a
table of what was expected and what was measured. Exits with 0 only if every check passes.

  --database NAME  postgresql (default): a server of its own, in a temporary folder; sqlite: one file
  --files NAME     shared (default): all instances have one folder; store: each has its own, and large images,
                   versions and checkpoints are in an object store of its own; with PostgreSQL
  --kills NUMBER   how many (default: ${KILLS})
  --json           one JSON object per row instead of the table
  --help           show this help`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      database: { type: 'string', default: 'postgresql' },
      files: { type: 'string', default: 'shared' },
      kills: { type: 'string', default: `${KILLS}` },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const kills = Number(values.kills)
  const isStored = values.files === 'store'
  if (!Number.isInteger(kills) || kills < 1 || !['postgresql', 'sqlite'].includes(values.database)) {
    console.error('--kills takes a whole number from 1 on, --database "postgresql" or "sqlite".')
    return 1
  }
  if (!['shared', 'store'].includes(values.files) || (isStored && values.database === 'sqlite')) {
    console.error('--files takes "shared" or, with PostgreSQL, "store".')
    return 1
  }
  const say = (line: string): void => console.error(line)
  say(machineName())
  const lacking =
    (values.database === 'postgresql' ? lacksPostgres() : null) ?? (isStored ? lacksSwift() : null)
  if (lacking !== null) {
    console.error(`NOT TESTED: ${lacking}.`)
    return 1
  }
  const rows =
    values.database === 'sqlite'
      ? await onSqlite((installation) => killedHosts(installation, { kills, say }))
      : await onPostgres((installation) => killedHosts(installation, { kills, say }), isStored)
  if (values.json) for (const row of rows) console.log(JSON.stringify(row))
  else console.log(resultTable(rows.map((row) => ({ scenario: values.database, ...row }))))
  return rows.length > 0 && rows.every(({ holds }) => holds) ? 0 : 1
}

type Judge = (installation: Installation) => Promise<readonly CheckResult[]>

async function onSqlite(judge: Judge): Promise<readonly CheckResult[]> {
  return inFolder((sharedDir) => judge({ settings: {}, data: {}, sharedDir }))
}

/** The same tests as on SQLite. */
const SHARED_TESTS = [
  'lib/data',
  'lib/queries',
  'lib/jobs',
  'lib/auth',
  'lib/http',
  'lib/ingest',
  'lib/serving',
  'lib/operations',
]
/** Tests of the database file. */
const OF_SQLITE = [
  'lib/data/database/**',
  'lib/operations/backup/**',
  'lib/operations/permanent-deletion.test.ts',
]

function testedOnPostgres(): CheckResult {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      'node_modules/vitest/vitest.mjs',
      'run',
      ...SHARED_TESTS,
      ...OF_SQLITE.map((files) => `--exclude=${files}`),
    ],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TEST_DATABASE: 'postgresql', NO_COLOR: '1' } },
  )
  const counts = /Tests +(.+)/.exec(stdout)?.[1] ?? stdout.slice(-500)
  return {
    what: `the unit tests of ${SHARED_TESTS.join(', ')} on PostgreSQL`,
    expected: 'all pass',
    measured: counts,
    holds: status === 0,
  }
}

async function onPostgres(judge: Judge, isStored: boolean): Promise<readonly CheckResult[]> {
  const tested = testedOnPostgres()
  await using server = await startThrowawayPostgres()
  const databaseUrl = server.createDatabase('hosts')
  const installation = { settings: { DATABASE_URL: databaseUrl }, data: { databaseUrl } }
  return [
    tested,
    ...(isStored
      ? await onObjectStore(judge, installation)
      : await inFolder((sharedDir) => judge({ ...installation, sharedDir }))),
  ]
}

/** No host sees a folder of another one. */
async function onObjectStore(
  judge: Judge,
  { settings, data }: Installation,
): Promise<readonly CheckResult[]> {
  await using store = await startThrowawaySwift()
  return await judge({ settings: { ...settings, ...store.environment }, data })
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-hosts-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await work(path.join(folder, 'data'))
  } finally {
    process.off('exit', remove)
    remove()
  }
}

exitOnSignals()
process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
