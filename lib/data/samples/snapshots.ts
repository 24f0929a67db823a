/**
 * Immutable lists of samples with their splits, and how often lists of test images were used. The caller
 * decides which samples are included.
 */
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { SPLITS, type Split } from '#lib/domain/classifier.ts'
import type { Snapshots } from '../data.ts'
import { namesToday } from '../classifiers/class-names.ts'
import { notFound, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { Snapshot, SnapshotContent, SnapshotEntry } from '../values.ts'

const FACTS = {
  id: true,
  hash: true,
  classifierId: true,
  train: true,
  validation: true,
  test: true,
  createdAt: true,
} as const

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

export function snapshotsOf({ prisma, id, now }: Store): Snapshots {
  return {
    freeze(classifierId, entries) {
      const frozen = frozenOf(entries)
      return prisma.$transaction((tx) => freeze(tx, { id: id(), classifierId, frozen, at: now() }))
    },
    async get(snapshotId) {
      const row = await prisma.snapshot.findUnique({ where: { id: snapshotId }, select: FACTS })
      if (!row) throw notFound('snapshot', snapshotId)
      return row
    },
    async entriesOf(snapshotId) {
      const row = await prisma.snapshot.findUnique({
        where: { id: snapshotId },
        include: { classifier: { select: { classRenames: { orderBy: { id: 'asc' } } } } },
      })
      if (!row) throw notFound('snapshot', snapshotId)
      const nameOf = namesToday(row.classifier.classRenames, row.createdAt)
      return snapshotEntriesIn(gunzipSync(row.entries).toString('utf8')).map((entry) => ({
        ...entry,
        label: nameOf(entry.label),
      }))
    },
    async openTest(testHashes) {
      const listHash = createHash('sha256')
        .update([...testHashes].sort().join('\n'))
        .digest('hex')
      const { count } = await prisma.testOpening.upsert({
        where: { listHash },
        create: { listHash, count: 1 },
        update: { count: { increment: 1 } },
      })
      return count
    },
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
  tx: Transaction,
  draft: {
    readonly id: string
    readonly classifierId: string
    readonly frozen: SnapshotContent
    readonly at: Date
  },
): Promise<Snapshot> {
  const { id, classifierId, frozen, at } = draft
  return tx.snapshot.upsert({
    where: { classifierId_hash: { classifierId, hash: frozen.hash } },
    create: { ...frozen, entries: new Uint8Array(frozen.entries), id, classifierId, createdAt: at },
    update: { createdAt: at },
    select: FACTS,
  })
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
