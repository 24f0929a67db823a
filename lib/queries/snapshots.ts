/** Snapshots with the versions that were trained on them, and what is still stored of their images. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { SnapshotAnswer } from '#lib/contracts/snapshots.ts'
import type { Data } from '#lib/data/data.ts'
import { notFound, type Store } from '#lib/data/store.ts'
import { pageOf } from '#lib/domain/page.ts'

/** Of one statement: SQLite takes 32,766 parameters. */
const HASHES_AT_ONCE = 1_000

const COLUMNS = {
  id: true,
  classifierId: true,
  hash: true,
  train: true,
  validation: true,
  test: true,
  createdAt: true,
  runs: {
    where: { version: { trashedAt: null } },
    select: { version: { select: { number: true } } },
    orderBy: { id: 'asc' },
  },
} as const

/** An image of a snapshot as the classifier has it now. */
export type SnapshotSample = {
  readonly id: string
  readonly mediaType: string
  readonly filename: string | null
  readonly isSplitGiven: boolean
  readonly isInTrash: boolean
}

type SnapshotQueries = {
  readonly listSnapshots: RouteAnswer<'GET /api/snapshots'>
  readonly getSnapshot: (id: string) => Promise<SnapshotAnswer>
  /** By hash, of those that have not been deleted permanently. */
  readonly samplesByHash: (
    classifierId: string,
    hashes: readonly string[],
  ) => Promise<ReadonlyMap<string, SnapshotSample>>
}

export function snapshotQueries(
  { prisma }: Store,
  { classifiers }: Pick<Data, 'classifiers'>,
): SnapshotQueries {
  return {
    async listSnapshots({ classifier, cursor, limit }) {
      const { id: classifierId } = await classifiers.chosen(classifier)
      const rows = await prisma.snapshot.findMany({
        where: { classifierId, id: { lt: cursor } },
        select: COLUMNS,
        orderBy: { id: 'desc' },
        take: limit + 1,
      })
      const page = pageOf(rows, limit, (row) => row.id)
      return { snapshots: page.rows.map(answerOf), next_cursor: page.next }
    },
    async getSnapshot(id) {
      const row = await prisma.snapshot.findUnique({ where: { id }, select: COLUMNS })
      if (!row) throw notFound('snapshot', id)
      await classifiers.get(row.classifierId)
      return answerOf(row)
    },
    async samplesByHash(classifierId, hashes) {
      const found = new Map<string, SnapshotSample>()
      for (let from = 0; from < hashes.length; from += HASHES_AT_ONCE) {
        const rows = await prisma.sample.findMany({
          where: { classifierId, hash: { in: hashes.slice(from, from + HASHES_AT_ONCE) } },
          select: {
            id: true,
            hash: true,
            filename: true,
            isSplitGiven: true,
            trashedAt: true,
            image: { select: { mediaType: true } },
          },
        })
        for (const { id, hash, filename, isSplitGiven, trashedAt, image } of rows)
          found.set(hash, {
            id,
            filename,
            isSplitGiven,
            mediaType: image.mediaType,
            isInTrash: trashedAt !== null,
          })
      }
      return found
    },
  }
}

type Row = {
  readonly id: string
  readonly classifierId: string
  readonly hash: string
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly createdAt: Date
  readonly runs: readonly { readonly version: { readonly number: number } | null }[]
}

const answerOf = ({
  id,
  classifierId,
  hash,
  train,
  validation,
  test,
  createdAt,
  runs,
}: Row): SnapshotAnswer => ({
  id,
  classifier: classifierId,
  hash,
  images: train + validation + test,
  train,
  validation,
  test,
  versions: [...new Set(runs.flatMap(({ version }) => (version ? [`v${version.number}`] : [])))],
  created_at: createdAt.toISOString(),
})
