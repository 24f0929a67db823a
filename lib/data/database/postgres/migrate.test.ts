import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  lacksPostgres,
  startThrowawayPostgres,
  type ThrowawayPostgres,
} from '#lib/processes/throwaway/throwaway-postgres.ts'
import { editsOf, openWithFruit, predictionOf, sampleOf, storedImage } from '../../opened.fakes.ts'
import { factsOfSchema } from '../schema-facts.fakes.ts'
import { connectPostgres, type PostgresConnection } from './connection.ts'
import { copyFromSqlite, type TableCopy } from './copy-from-sqlite.ts'
import { migratePostgres } from './migrate.ts'
import { factsOfPostgres } from './schema-facts.fakes.ts'

const SCHEMA = path.join(import.meta.dirname, '../../../../prisma/schema.prisma')
const AT_ONCE = { now: 0, patienceMs: 0 }

const lacking = lacksPostgres()

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error) => error.message,
  )

async function withConnection<T>(
  url: string,
  work: (connection: PostgresConnection) => Promise<T>,
): Promise<T> {
  const connection = connectPostgres(url)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

const writtenIn = (copies: readonly TableCopy[]) =>
  Object.fromEntries(
    copies
      .filter(({ written, removed }) => written + removed > 0)
      .map(({ table, written, removed }) => [table, { written, removed }]),
  )

describe.skipIf(lacking !== null)('a server of PostgreSQL', () => {
  let server: ThrowawayPostgres
  beforeAll(async () => {
    server = await startThrowawayPostgres()
  }, 60_000)
  afterAll(() => server[Symbol.asyncDispose]())

  test('is migrated by one of several processes that start at once, to what schema.prisma says', async () => {
    const url = server.createDatabase('migrated')

    const applied = await Promise.all([1, 2, 3].map(() => migratePostgres(url, AT_ONCE)))
    const facts = await withConnection(url, factsOfPostgres)
    const required = factsOfSchema(readFileSync(SCHEMA, 'utf8'))

    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
    expect([...required].filter((fact) => !facts.has(fact))).toEqual([])
    expect([...facts].filter((fact) => !required.has(fact))).toEqual([])
  })

  test('a database of a newer version, and one of another program, are refused and not changed', async () => {
    const newer = server.createDatabase('newer')
    await migratePostgres(newer, AT_ONCE)
    await withConnection(newer, ({ run }) =>
      run(`INSERT INTO "_migrations" VALUES ('9999-later.sql', 'hash', now())`),
    )
    const foreign = server.createDatabase('foreign')
    await withConnection(foreign, ({ run }) => run('CREATE TABLE orders (id integer)'))

    expect(await messageOf(migratePostgres(newer, AT_ONCE))).toContain(
      'a newer version of Darkroom has changed it (9999-later.sql)',
    )
    expect(await messageOf(migratePostgres(foreign, AT_ONCE))).toContain(
      'the database contains 1 tables of another program, such as "orders"',
    )
  })

  test('what cannot be reached is named without the password', async () => {
    const { port } = new URL(server.createDatabase('reached'))

    const missing = await messageOf(
      migratePostgres(`postgresql://darkroom:hush@127.0.0.1:${port}/absent`, AT_ONCE),
    )
    const unknown = await messageOf(
      migratePostgres(`postgresql://unknown_user:hush@127.0.0.1:${port}/reached`, AT_ONCE),
    )
    const silent = await messageOf(migratePostgres('postgresql://darkroom:hush@127.0.0.1:1/a', AT_ONCE))

    expect(missing).toContain(`there is no database "absent" on the PostgreSQL server at 127.0.0.1:${port}`)
    expect(unknown).toContain('does not accept the user "unknown_user"')
    expect(silent).toContain('the PostgreSQL server at 127.0.0.1:1 does not answer (ECONNREFUSED)')
    expect([missing, unknown, silent].join()).not.toContain('hush')
  })

  test('transactions that read what another one changed are done again', async () => {
    const url = server.createDatabase('contended')
    await migratePostgres(url, AT_ONCE)

    const count = await withConnection(url, async ({ run, one, write }) => {
      await run('INSERT INTO "TestOpening" VALUES ($1, 0)', 'list')
      const increase = () =>
        write(async (scope) => {
          const row = await scope.one<{ count: number }>('SELECT "count" FROM "TestOpening"')
          await scope.run('UPDATE "TestOpening" SET "count" = $1', (row?.count ?? 0) + 1)
        })
      await Promise.all(Array.from({ length: 6 }, increase))
      return one<{ count: number }>('SELECT "count" FROM "TestOpening"')
    })

    expect(count).toEqual({ count: 6 })
  })

  test('a copy of a file is equal; a later copy writes what changed, and no copy replaces other data', async () => {
    const { data, settings, clock } = await openWithFruit()
    await data.samples.add('fruit', [
      sampleOf('a'),
      sampleOf('b', { label: 'lime' }),
      sampleOf('ü\u{1F34E}', { label: null, split: null }),
    ])
    const prediction = predictionOf(data, {
      image: storedImage('p'),
      confidence: 0.1 + 0.2,
      isAnonymous: true,
    })
    await data.predictions.record(prediction)
    const url = server.createDatabase('copied')
    const copy = () => copyFromSqlite(settings.databaseFile, url, { now: clock.now() })

    const first = await copy()
    const repeated = await copy()
    await data.samples.add('fruit', [sampleOf('later')])
    await editsOf(data).deletePrediction({ id: prediction.id })
    const last = await copy()

    expect(first.find(({ table }) => table === 'Sample')).toMatchObject({ rows: 3, written: 3, removed: 0 })
    expect(writtenIn(repeated)).toEqual({})
    expect(writtenIn(last)).toMatchObject({
      Sample: { written: 1, removed: 0 },
      Prediction: { written: 0, removed: 1 },
      SampleCount: { written: 1, removed: 0 },
    })
    await withConnection(url, ({ run }) =>
      run(`UPDATE "KeptSetting" SET "valueJson" = '"sqlite of another"'`),
    )
    expect(await messageOf(copy())).toContain('the copy of another installation')
    await withConnection(url, ({ run }) => run('DELETE FROM "KeptSetting"'))
    expect(await messageOf(copy())).toContain('contains data already')
  })
})
