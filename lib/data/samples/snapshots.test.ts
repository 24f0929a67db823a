import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openWithFruit, testOnSqlite } from '../opened.fakes.ts'
import { snapshotHash } from './snapshots.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('a snapshot is the sha256 of image, label, split or none, and group', async () => {
  const { data } = await openWithFruit()
  const entries = [
    { hash: 'aa', label: 'red apple', split: null, group: 'aa' },
    { hash: 'bb', label: 'lime', split: 'test', group: null },
  ] as const

  const { id, hash, train, test: tested } = await data.snapshots.freeze('fruit', entries)

  expect(hash).toBe(sha256('darkroom-snapshot/2\naa red apple none aa\nbb lime test -'))
  expect({ train, tested }).toEqual({ train: 1, tested: 1 })
  expect(await data.snapshots.entriesOf(id)).toEqual(entries)
})

test('another group or another split is another snapshot', () => {
  const entry = { hash: 'aa', label: 'apple', split: 'train', group: 'aa' } as const
  const hashes = [entry, { ...entry, group: null }, { ...entry, split: null }].map((one) =>
    snapshotHash([one]),
  )

  expect(new Set(hashes).size).toBe(3)
})

testOnSqlite('a snapshot of format 1 is read as it was written, and keeps its hash', async () => {
  const { data, settings } = await openWithFruit()
  const { id } = await data.snapshots.freeze('fruit', [])
  const text = 'aa red apple train\nbb lime test'
  const entries = [
    { hash: 'aa', label: 'red apple', split: 'train' },
    { hash: 'bb', label: 'lime', split: 'test' },
  ] as const
  using database = new DatabaseSync(settings.databaseFile)
  database
    .prepare('UPDATE "Snapshot" SET "hash" = ?, "entries" = ? WHERE "id" = ?')
    .run(sha256(text), gzipSync(text), id)

  expect(await data.snapshots.entriesOf(id)).toEqual(entries)
  expect((await data.snapshots.get(id)).hash).toBe(sha256(text))
  expect((await data.snapshots.freeze('fruit', entries)).id).toBe(id)
})
