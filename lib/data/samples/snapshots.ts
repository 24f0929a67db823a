/**
 * Immutable lists of samples with their splits, and how often lists of test images were used. The caller
 * decides which samples are included.
 */
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { SPLITS, type Split } from '#lib/domain/classifier.ts'
import type { TransactionScope } from '../database/connection.ts'
import type { Snapshots } from '../data.ts'
import { classNamesIn } from '../classifiers/class-names.ts'
import { notFound, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import type { Snapshot, SnapshotContent, SnapshotEntry } from '../values.ts'

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

/** The first line of a snapshot of format 2. Snapshots of format 1 have no such line, and no groups. */
const FORMAT_2 = 'darkroom-snapshot/2'
/** In the place of a split, and of a group. */
const NO_SPLIT = 'none'
const NO_GROUP = '-'

/** Sorted by code unit, so that the hash is the same on every machine. Without groups, and with a split for each image,
 *  it is of format 1: what was frozen before there were groups is the same snapshot. */
export function snapshotText(entries: readonly SnapshotEntry[]): string {
  const isFormat1 = entries.every(({ split, group }) => split !== null && (group ?? null) === null)
  if (isFormat1)
    return entries
      .map(({ hash, label, split }) => `${hash} ${label} ${split}`)
      .sort()
      .join('\n')
  const lines = entries.map(
    ({ hash, label, split, group }) => `${hash} ${label} ${split ?? NO_SPLIT} ${group ?? NO_GROUP}`,
  )
  return [FORMAT_2, ...lines.sort()].join('\n')
}

/** sha256 over the line `darkroom-snapshot/2` and the sorted lines `hash label split group`; of format 1 over the
 *  sorted lines `hash label split`. */
export const snapshotHash = (entries: readonly SnapshotEntry[]): string =>
  createHash('sha256').update(snapshotText(entries)).digest('hex')

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
      const row = connection.one<{ entries: Uint8Array; classifierId: string; createdAt: number }>(
        'SELECT "entries", "classifierId", "createdAt" FROM "Snapshot" WHERE "id" = ?',
        snapshotId,
      )
      if (!row) throw notFound('snapshot', snapshotId)
      const nameOf = classNamesIn(connection, row.classifierId)(new Date(row.createdAt))
      return snapshotEntriesIn(gunzipSync(row.entries).toString('utf8')).map((entry) => ({
        ...entry,
        label: nameOf(entry.label),
      }))
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

/** The computing part, to be done before a transaction. */
export function frozenOf(entries: readonly SnapshotEntry[]): SnapshotContent {
  const count = (split: Split): number => entries.filter((entry) => (entry.split ?? 'train') === split).length
  return {
    hash: snapshotHash(entries),
    entries: gzipSync(snapshotText(entries)),
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

/** Of the text of a snapshot, with the class names that it had. */
export function snapshotEntriesIn(text: string): readonly SnapshotEntry[] {
  if (text === '') return []
  const lines = text.split('\n')
  return lines[0] === FORMAT_2 ? lines.slice(1).map(entryOf2) : lines.map(entryOf1)
}

/** Labels may hold spaces; hash, split and group may not. */
function entryOf2(line: string): SnapshotEntry {
  const end = line.lastIndexOf(' ')
  const group = line.slice(end + 1)
  return { ...entryOf1(line.slice(0, end)), group: group === NO_GROUP ? null : group }
}

/** `hash label split`, where format 1 always names a split. */
function entryOf1(line: string): SnapshotEntry {
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  const split = line.slice(last + 1)
  return {
    hash: line.slice(0, first),
    label: line.slice(first + 1, last),
    split: split === NO_SPLIT ? null : wordOf(SPLITS, split, 'Snapshot.entries'),
  }
}

const valueOf = ({ createdAt, ...row }: Row): Snapshot => ({ ...row, createdAt: new Date(createdAt) })
