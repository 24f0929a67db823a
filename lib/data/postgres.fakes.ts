/** For tests: a database of PostgreSQL of their own, where TEST_DATABASE is "postgresql", on the server that
 *  lib/checks/test-postgres.ts has started. */
import pg from 'pg'
import { migratePostgres } from './database/postgres/migrate.ts'

const TEMPLATE = `migrated_${process.pid}`

let template: Promise<unknown> | undefined
let count = 0

/** Its address; null: the tests run on SQLite. */
export async function postgresForTest(): Promise<string | null> {
  const server = process.env['TEST_DATABASE_SERVER']
  if (server === undefined) return null
  await (template ??= created(server, TEMPLATE, 'template0').then((url) =>
    migratePostgres(url, { now: 0, patienceMs: 10_000 }),
  ))
  return created(server, `test_${process.pid}_${(count += 1)}`, TEMPLATE)
}

async function created(server: string, name: string, from: string): Promise<string> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${from}`)
  await client.end()
  return server.replace(/\/\w+$/, `/${name}`)
}
