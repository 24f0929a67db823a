import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { keepMigrationCopy } from './migration-copy.ts'
import { folderForTest } from '../opened.fakes.ts'

function migrations(files: Readonly<Record<string, string>>): {
  file: string
  folder: string
  write: (name: string, sql: string) => void
} {
  const folder = folderForTest()
  const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql)
  for (const [name, sql] of Object.entries(files)) write(name, sql)
  return { file: path.join(folder, 'test.db'), folder, write }
}

function rowsOf(file: string, sql: string): unknown[] {
  const database = new DatabaseSync(file)
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    database.close()
  }
}

const FAMILY = `CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (10, 1), (11, 1);`

test('migrations are applied in the order of their names, once', () => {
  const { file, folder } = migrations({
    '0002-more.sql': 'INSERT INTO a VALUES (2)',
    '0001-a.sql': 'CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (1)',
  })

  expect(migrate(file, 0, folder)).toEqual(['0001-a.sql', '0002-more.sql'])
  expect(migrate(file, 0, folder)).toEqual([])
  expect(rowsOf(file, 'SELECT id FROM a')).toEqual([{ id: 1 }, { id: 2 }])
})

test('rebuilding a table keeps the children that would cascade with it', () => {
  const rebuild =
    'CREATE TABLE next (id INTEGER PRIMARY KEY); INSERT INTO next SELECT id FROM parent; DROP TABLE ' +
    'parent; ALTER TABLE next RENAME TO parent'
  const { file, folder } = migrations({ '0001-family.sql': FAMILY, '0002-rebuild.sql': rebuild })

  migrate(file, 0, folder)

  expect(rowsOf(file, 'SELECT id FROM child')).toEqual([{ id: 10 }, { id: 11 }])
})

test('a migration that leaves rows without their parents is undone whole', () => {
  const { file, folder } = migrations({
    '0001-family.sql': FAMILY,
    '0002-orphans.sql': 'CREATE TABLE b (id INTEGER); DELETE FROM parent',
  })

  expect(() => migrate(file, 0, folder)).toThrow(
    'Migration 0002-orphans.sql leaves 2 rows without their parents, the first in table child.',
  )
  expect(rowsOf(file, 'SELECT id FROM parent')).toEqual([{ id: 1 }])
  expect(rowsOf(file, `SELECT name FROM sqlite_master WHERE name = 'b'`)).toEqual([])
})

test('a migration that fails half way leaves nothing', () => {
  const { file, folder, write } = migrations({
    '0001-a.sql': 'CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER, oops',
  })

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

test('a database that a newer version has changed is refused in a sentence', () => {
  const { file, folder } = migrations({
    '0001-a.sql': 'CREATE TABLE a (id INTEGER)',
    '0002-b.sql': 'CREATE TABLE b (id INTEGER)',
  })
  migrate(file, 0, folder)

  rmSync(path.join(folder, '0002-b.sql'))

  expect(() => migrate(file, 0, folder)).toThrow(
    'The database cannot be opened: a newer version of Darkroom has changed it (0002-b.sql).',
  )
})

test('before a database with rows is migrated, it is copied; a new one and an up-to-date one are not', () => {
  const { file, folder, write } = migrations({
    '0001-a.sql': 'CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (7)',
  })
  const copies: string[] = []
  const start = (now: number) =>
    migrate(file, now, folder, (database, migration) => {
      copies.push(
        keepMigrationCopy({ database, file, migration, folders: [path.join(folder, 'copies')], now }),
      )
    })
  start(0)
  start(1)
  expect(copies).toEqual([])

  for (const name of ['0002-b.sql', '0003-c.sql', '0004-d.sql']) {
    write(name, 'DELETE FROM a')
    start(copies.length * 1_000)
  }

  const copiesFolder = path.join(folder, 'copies', 'before-migration')
  const killed = '1970-01-01T00-00-00Z-before-0002-b.db.part'
  writeFileSync(path.join(copiesFolder, killed), 'what a killed migration left')
  writeFileSync(path.join(copiesFolder, `${killed}-journal`), '')
  write('0005-e.sql', 'DELETE FROM a')
  start(copies.length * 1_000)

  expect(readdirSync(copiesFolder)).toEqual([
    '1970-01-01T00-00-02Z-before-0004-d.db',
    '1970-01-01T00-00-03Z-before-0005-e.db',
  ])
  expect(statSync(copies[2]!).mode & 0o077).toBe(0)
  expect(rowsOf(copies[2]!, 'SELECT name FROM _migrations')).toHaveLength(3)
})

test('where no copy can be made, nothing is migrated', () => {
  const { file, folder, write } = migrations({
    '0001-a.sql': 'CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (7)',
  })
  migrate(file, 0, folder)
  write('0002-b.sql', 'DELETE FROM a')

  const start = () =>
    migrate(file, 0, folder, (database, migration) => {
      keepMigrationCopy({ database, file, migration, folders: [file], now: 0 })
    })

  expect(start).toThrow('The database was not migrated')
  expect(rowsOf(file, 'SELECT id FROM a')).toEqual([{ id: 7 }])
})
