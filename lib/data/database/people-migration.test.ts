import { cpSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { migrate, MIGRATIONS } from './migrate.ts'
import { folderForTest } from '../opened.fakes.ts'

/** A database as it was before there were viewers, with two people in it. */
function databaseOfBefore(): string {
  const before = folderForTest()
  const files = readdirSync(MIGRATIONS).sort()
  for (const name of files.slice(
    0,
    files.findIndex((one) => one.endsWith('-people.sql')),
  ))
    cpSync(path.join(MIGRATIONS, name), path.join(before, name))
  const file = path.join(before, 'test.db')
  migrate(file, 0, before)
  withDatabase(file, (database) => {
    for (const [id, role] of [
      ['bo', 'user'],
      ['ada', 'admin'],
    ] as const) {
      database
        .prepare(
          'INSERT INTO "Person" ("id", "name", "email", "role", "passwordHash", "createdAt") VALUES (?, ?, ?, ?, ?, 0)',
        )
        .run(id, id, `${id}@example.org`, role, 'x')
    }
    database
      .prepare(
        'INSERT INTO "ApiKey" ("id", "name", "hash", "beginsWith", "scopesJson", "createdAt") VALUES ' +
          '(?, ?, ?, ?, ?, 0)',
      )
      .run('k', 'scale', 'h', 'dk_', '["user"]')
    database
      .prepare('INSERT INTO "Change" ("id", "at", "by", "action", "subject") VALUES (?, 0, ?, ?, ?)')
      .run('019aa000-0000-7000-8000-000000000000', 'ada', 'POST /api/keys', 'scale')
  })
  return file
}

function withDatabase<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

test('a user becomes an editor, an admin and the keys stay, and the audit log says so', () => {
  const file = databaseOfBefore()

  migrate(file, 0)

  const rows = (sql: string) =>
    withDatabase(file, (database) =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row })),
    )
  expect(rows('SELECT "id", "role" FROM "Person" ORDER BY "id"')).toEqual([
    { id: 'ada', role: 'admin' },
    { id: 'bo', role: 'editor' },
  ])
  expect(rows('SELECT "scopesJson", "expiresAt", "classifierId" FROM "ApiKey"')).toEqual([
    { scopesJson: '["user"]', expiresAt: null, classifierId: null },
  ])
  const [earlier, written, ...none] = rows('SELECT * FROM "Change" ORDER BY "id"')
  expect(none).toEqual([])
  expect(earlier).toMatchObject({ subject: 'scale', byId: null, detail: null })
  expect(written).toMatchObject({
    by: 'Darkroom',
    action: 'PATCH /api/users/{id}',
    subject: 'bo@example.org',
    subjectId: 'bo',
    detail: expect.stringContaining('editor'),
  })
  expect(written?.['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Math.abs(Number(written?.['at']) - Date.now())).toBeLessThan(60_000)
})
