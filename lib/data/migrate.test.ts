import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { folderForTest } from './opened.fakes.ts'

function migrations(files: Readonly<Record<string, string>>): { file: string; folder: string; write: (name: string, sql: string) => void } {
  const folder = folderForTest()
  const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql)
  for (const [name, sql] of Object.entries(files)) write(name, sql)
  return { file: path.join(folder, 'test.db'), folder, write }
}

function rowsOf(file: string, sql: string): unknown[] {
  const database = new DatabaseSync(file)
  try {
    return database.prepare(sql).all().map((row) => ({ ...row }))
  } finally {
    database.close()
  }
}

const FAMILY = `CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (10, 1), (11, 1);`

test('migrations are applied in the order of their names, once', () => {
  const { file, folder } = migrations({ '0002-more.sql': 'INSERT INTO a VALUES (2)', '0001-a.sql': 'CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (1)' })

  expect(migrate(file, 0, folder)).toEqual(['0001-a.sql', '0002-more.sql'])
  expect(migrate(file, 0, folder)).toEqual([])
  expect(rowsOf(file, 'SELECT id FROM a')).toEqual([{ id: 1 }, { id: 2 }])
})

test('rebuilding a table keeps the children that would cascade with it', () => {
  const rebuild = 'CREATE TABLE next (id INTEGER PRIMARY KEY); INSERT INTO next SELECT id FROM parent; DROP TABLE parent; ALTER TABLE next RENAME TO parent'
  const { file, folder } = migrations({ '0001-family.sql': FAMILY, '0002-rebuild.sql': rebuild })

  migrate(file, 0, folder)

  expect(rowsOf(file, 'SELECT id FROM child')).toEqual([{ id: 10 }, { id: 11 }])
})

test('a migration that leaves rows without their parents is undone whole', () => {
  const { file, folder } = migrations({ '0001-family.sql': FAMILY, '0002-orphans.sql': 'CREATE TABLE b (id INTEGER); DELETE FROM parent' })

  expect(() => migrate(file, 0, folder)).toThrow('Migration 0002-orphans.sql leaves 2 rows without their parents, the first in table child.')
  expect(rowsOf(file, 'SELECT id FROM parent')).toEqual([{ id: 1 }])
  expect(rowsOf(file, `SELECT name FROM sqlite_master WHERE name = 'b'`)).toEqual([])
})

test('a migration that fails half way leaves nothing', () => {
  const { file, folder, write } = migrations({ '0001-a.sql': 'CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER, oops' })

  expect(() => migrate(file, 0, folder)).toThrow()
  write('0001-a.sql', 'CREATE TABLE a (id INTEGER)')
  expect(migrate(file, 0, folder)).toEqual(['0001-a.sql'])
})

test('a migration that was edited after it was applied is refused', () => {
  const { file, folder, write } = migrations({ '0001-a.sql': 'CREATE TABLE a (id INTEGER)' })
  migrate(file, 0, folder)

  write('0001-a.sql', 'CREATE TABLE a (id TEXT)')

  expect(() => migrate(file, 0, folder)).toThrow('Migration 0001-a.sql was changed after it was applied')
})

test('a fresh database is its owner’s alone', () => {
  const { file, folder } = migrations({ '0001-a.sql': 'CREATE TABLE a (id INTEGER)' })

  migrate(file, 0, folder)

  expect(statSync(file).mode & 0o777).toBe(0o600)
})
