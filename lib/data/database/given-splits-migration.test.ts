import { cpSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { splitOf } from '#lib/domain/grouping/splits.ts'
import { folderForTest } from '../opened.fakes.ts'
import { migrate, MIGRATIONS } from './migrate.ts'

/** Hashes of which the content determines each split, the borders included. */
const HASHES = {
  test: `${'0'.repeat(52)}333333333333`,
  validation: `${'0'.repeat(52)}333333333334`,
  validationToo: `${'1'.repeat(52)}599999999999`,
  train: `${'0'.repeat(52)}59999999999a`,
}

type Row = { id: string; hash: string; split: string; uploadId: string | null }

function migrated(rows: readonly Row[], moved: readonly string[] = []): Record<string, number> {
  const before = folderForTest()
  const files = readdirSync(MIGRATIONS).sort()
  for (const name of files.slice(
    0,
    files.findIndex((one) => one.endsWith('-given-splits.sql')),
  ))
    cpSync(path.join(MIGRATIONS, name), path.join(before, name))
  const file = path.join(before, 'test.db')
  migrate(file, 0, before)
  const database = new DatabaseSync(file)
  /** Other columns that must have a value get an empty one. */
  const insert = (table: string, values: Readonly<Record<string, string | null>>): void => {
    const columns = database.prepare('SELECT "name" FROM pragma_table_info(?) WHERE "notnull"').all(table)
    const row = { ...Object.fromEntries(columns.map(({ name }) => [String(name), '0'])), ...values }
    const names = Object.keys(row)
    database
      .prepare(
        `INSERT OR IGNORE INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) ` +
          `VALUES (${names.map(() => '?').join(', ')})`,
      )
      .run(...Object.values(row))
  }
  insert('Classifier', { id: 'fruit' })
  insert('SampleChange', { id: 'c', classifierId: 'fruit' })
  for (const { id, hash, split, uploadId } of rows) {
    insert('Picture', { hash })
    if (uploadId !== null) insert('Upload', { id: uploadId, classifierId: 'fruit' })
    insert('Sample', { id, classifierId: 'fruit', hash, label: 'apple', split, uploadId })
  }
  for (const id of moved)
    insert('SampleChangeEntry', { changeId: 'c', sampleId: id, splitBefore: 'train', splitAfter: 'test' })
  database.close()
  migrate(file, 0)
  const after = new DatabaseSync(file)
  try {
    return Object.fromEntries(
      after
        .prepare('SELECT "id", "isSplitGiven" FROM "Sample"')
        .all()
        .map(({ id, isSplitGiven }) => [String(id), Number(isSplitGiven)]),
    )
  } finally {
    after.close()
  }
}

test('splits that the content determines are automatic after the update', () => {
  const rows = Object.values(HASHES).map((hash, i) => ({
    id: `s${i}`,
    hash,
    split: splitOf(hash, null),
    uploadId: 'u',
  }))
  expect(rows.map(({ split }) => split)).toEqual(['test', 'validation', 'validation', 'train'])

  expect(migrated(rows)).toEqual({ s0: 0, s1: 0, s2: 0, s3: 0 })
})

test('an upload with a test folder was given its splits, another one was not', () => {
  expect(
    migrated([
      { id: 'a', hash: HASHES.test, split: 'test', uploadId: 'u' },
      { id: 'b', hash: HASHES.train, split: 'test', uploadId: 'u' },
      { id: 'c', hash: HASHES.validation, split: 'validation', uploadId: 'other' },
    ]),
  ).toEqual({ a: 1, b: 1, c: 0 })
})

test('one image that was moved is given, the others of its upload are not', () => {
  expect(
    migrated(
      [
        { id: 'a', hash: HASHES.train, split: 'test', uploadId: 'u' },
        { id: 'b', hash: HASHES.test, split: 'test', uploadId: 'u' },
      ],
      ['a'],
    ),
  ).toEqual({ a: 1, b: 0 })
})
