/**
 * Immutable lists of samples with their splits, and how often lists of test images were used. The caller
 * decides which samples are included.
 */
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Split } from '#lib/domain/classifier.ts'
import type { TransactionScope } from '../database/connection.ts'
import type { Snapshots } from '../data.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'
import type { Snapshot, SnapshotEntry } from '../values.ts'

type Row = {
  id: string
  hash: string
  classifierId: string
  train: number
  validation: number
  test: number
  createdAt: number
}

const COLUMNS = '"id", "hash", "classifierId", "train", "validation", "test", "createdAt"'

/** Sorted by code unit, so that the hash is the same on every machine. */
const linesOf = (entries: readonly SnapshotEntry[]): string =>
  entries
    .map(({ hash, label, split }) => `${hash} ${label} ${split}`)
    .sort()
    .join('\n')

/** sha256 over the sorted lines `hash label split`. */
export const snapshotHash = (entries: readonly SnapshotEntry[]): string =>
  createHash('sha256').update(linesOf(entries)).digest('hex')

export function snapshotsOf({ connection, id, now }: Store): Snapshots {
  return {
    freeze: async (classifierId, entries) => {
      const frozen = frozenOf(entries)
      return connection.write((writing) => freeze(writing, { id: id(), classifierId, frozen, at: now() }))
    },
    async get(snapshotId) {
      const row = connection.one<Row>(`SELECT ${COLUMNS} FROM "Snapshot" WHERE "id" = ?`, snapshotId)
      if (!row) throw notFound('snapshot', snapshotId)
      return valueOf(row)
    },
    async entriesOf(snapshotId) {
      const row = connection.one<{ entries: Uint8Array }>(
        'SELECT "entries" FROM "Snapshot" WHERE "id" = ?',
        snapshotId,
      )
      if (!row) throw notFound('snapshot', snapshotId)
      const text = gunzipSync(row.entries).toString('utf8')
      return text === '' ? [] : text.split('\n').map(entryOf)
    },
    openTest: (testHashes) =>
      connection.write((writing) => {
        const listHash = createHash('sha256')
          .update([...testHashes].sort().join('\n'))
          .digest('hex')
        writing.run(
          'INSERT INTO "TestOpening" ("listHash", "count") VALUES (?, 1) ON CONFLICT DO UPDATE SET ' +
            '"count" = "count" + 1',
          listHash,
        )
        return (
          writing.one<{ count: number }>('SELECT "count" FROM "TestOpening" WHERE "listHash" = ?', listHash)
            ?.count ?? 1
        )
      }),
  }
}

export type SnapshotContent = {
  readonly hash: string
  readonly entries: Uint8Array
  readonly train: number
  readonly validation: number
  readonly test: number
}

/** The computing part, to be done before a transaction. */
export function frozenOf(entries: readonly SnapshotEntry[]): SnapshotContent {
  const count = (split: Split): number => entries.filter((entry) => entry.split === split).length
  return {
    hash: snapshotHash(entries),
    entries: gzipSync(linesOf(entries)),
    train: count('train'),
    validation: count('validation'),
    test: count('test'),
  }
}

/** The same list frozen again is the same snapshot; only its time moves on, since all of it is known to be
 *  in. */
export function freeze(
  writing: TransactionScope,
  draft: {
    readonly id: string
    readonly classifierId: string
    readonly frozen: SnapshotContent
    readonly at: Date
  },
): Snapshot {
  const { classifierId, frozen, at } = draft
  const again = writing.run(
    'UPDATE "Snapshot" SET "createdAt" = ? WHERE "classifierId" = ? AND "hash" = ?',
    at,
    classifierId,
    frozen.hash,
  )
  if (again === 0) writing.insert('Snapshot', { id: draft.id, classifierId, ...frozen, createdAt: at })
  const row = writing.one<Row>(
    `SELECT ${COLUMNS} FROM "Snapshot" WHERE "classifierId" = ? AND "hash" = ?`,
    classifierId,
    frozen.hash,
  )
  if (!row) throw new Error('The new snapshot cannot be read back.')
  return valueOf(row)
}

/** Labels may hold spaces; hash and split may not. */
function entryOf(line: string): SnapshotEntry {
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  return {
    hash: line.slice(0, first),
    label: line.slice(first + 1, last),
    split: line.slice(last + 1) as Split,
  }
}

const valueOf = ({ createdAt, ...row }: Row): Snapshot => ({ ...row, createdAt: new Date(createdAt) })
