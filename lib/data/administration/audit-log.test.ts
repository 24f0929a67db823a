import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openForTest } from '../opened.fakes.ts'

test(
  'a hundred thousand wrong passwords push no change out of the audit log',
  { timeout: 60_000 },
  async () => {
    const { data, settings } = await openForTest()
    await data.changes.add({ by: 'Ada', action: 'DELETE /api/classifiers/{id}', subject: 'fruit' })
    const database = new DatabaseSync(settings.databaseFile)
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO "Change" ("id", "at", "by", "action")
    SELECT '01fffffd-0000-7000-8000-' || printf('%012x', i), 0, 'unknown@example.org', 'login refused' FROM n`)
    database.close()

    for (let i = 0; i < 1_000; i++)
      await data.changes.add({ by: 'unknown@example.org', action: 'login refused', subject: '192.0.2.1' })

    expect((await data.changes.list({ kind: 'changes', limit: 9 })).changes).toMatchObject([
      { by: 'Ada', subject: 'fruit' },
    ])
    expect((await data.changes.list({ kind: 'logins', limit: 9 })).changes).toHaveLength(9)
  },
)
