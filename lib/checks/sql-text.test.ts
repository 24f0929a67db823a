import { expect, test } from 'vitest'
import { noSqlText, sqlIn } from './sql-text.ts'

const found = (text: string) => sqlIn({ file: 'lib/data/runs/runs.ts', text })

test.each([
  `const row = connection.one('SELECT * FROM "Run" WHERE "id" = ?', id)`,
  'const sql = `UPDATE "Run" SET "state" = ? WHERE ${condition}`',
  'const INSERT = `INSERT OR IGNORE INTO "Run" ("id") VALUES (?)`',
  `writer.exec('PRAGMA optimize')`,
  'const rows = await tx.$queryRaw(statement)',
  'const { sql } = prismaSql()',
])('SQL outside its folder is caught: %s', (text) => expect(found(text)).toHaveLength(1))

test.each([
  'const row = await prisma.run.findUnique({ where: { id } })',
  '// SELECT * FROM "Run" is what Prisma sends',
  `const text = 'Select an image FROM "My files"'`,
  `const why = 'UPDATE the browser'`,
])('not SQL: %s', (text) => expect(found(text)).toEqual([]))

test('the folder of the statements may contain them, and other files may not', () => {
  const text = `one('SELECT 1 FROM "Run"')`
  const judged = noSqlText.judge([
    { file: 'lib/data/sqlite/run-statements.ts', text },
    { file: 'lib/queries/runs.ts', text },
  ])

  expect(judged.broken).toHaveLength(1)
  expect(judged.broken[0]).toContain('lib/queries/runs.ts:1')
})
