/**
 * Permanently deletes predictions with their images, thumbnails, feedback and sums, oldest first and in
 * small transactions; and drops images of anonymous clients. Samples created by corrections stay, with
 * their images. lib/operations decides when and how much.
 */
import { deleteImages, deleteUnusedImages, deletingImages } from '../images/image-removals.ts'
import { predictionsWhere } from './prediction-filter.ts'
import type { FreedSpace, PredictionSelection, Retention, SpaceRequest } from './prediction-types.ts'
import type { Prisma } from '../generated/client.ts'
import { discountPredictions } from './prediction-counts.ts'
import { notFound, type Store } from '../store.ts'

/** Of one transaction: others wait while it is written, some 20 ms. */
const ROWS_AT_ONCE = 200
/** A row with what its indexes take, measured over 100,000 predictions of ten classes (2026-11). */
const ROW_BYTES = 1_000

const COUNTED = {
  id: true,
  classifierId: true,
  predictedClass: true,
  confidence: true,
  createdAt: true,
  imageHash: true,
  image: { select: { sizeBytes: true } },
} as const

export function retentionOf(store: Store): Retention {
  const { prisma, database, statements, now } = store
  return {
    async deleteOne(id) {
      if ((await deletePredictions(store, { id })).count === 0) throw notFound('prediction', id)
      await database.purgeLog()
    },
    countSelected: (which) => prisma.prediction.count({ where: selectedBy(which, now()) }),
    async deleteSelected(which, signal) {
      const where = selectedBy(which, now()) // what arrives meanwhile stays
      let count = 0
      while (!signal?.aborted) {
        const deleted = await deletePredictions(store, where)
        if (deleted.count === 0) break
        count += deleted.count
      }
      await database.purgeLog()
      return count
    },
    anonymousImages: statements.predictions.anonymousImages,
    async historyBytes() {
      const [rows, images] = await Promise.all([
        prisma.prediction.count(),
        prisma.image.aggregate({
          where: { samples: { none: {} }, predictions: { some: {} } },
          _sum: { sizeBytes: true },
        }),
      ])
      return rows * ROW_BYTES + (images._sum.sizeBytes ?? 0)
    },
    async dropAnonymousImages(request) {
      if ('before' in request && !(await statements.pending.hasAnonymousImagesBefore(request.before)))
        return { count: 0, bytes: 0 }
      return deletingImages(store, async (writing) => {
        const which = {
          isAnonymous: true,
          samples: { none: {} },
          ...('before' in request && { usedAt: { lt: request.before } }),
        }
        const found = await writing.image.findMany({
          where: which,
          select: { hash: true, sizeBytes: true },
          orderBy: { usedAt: 'asc' },
          take: ROWS_AT_ONCE,
        })
        const { rows, bytes } = enoughOf(found, request, (image) => image.sizeBytes)
        await deleteImages(
          writing,
          rows.map((image) => image.hash),
          now(),
        )
        return { count: rows.length, bytes }
      })
    },
    deleteOldest: (request) =>
      deletePredictions(store, 'before' in request ? { createdAt: { lt: request.before } } : {}, request),
  }
}

const selectedBy = ({ filters, minAgeMs }: PredictionSelection, now: Date): Prisma.PredictionWhereInput => ({
  AND: [predictionsWhere(filters), { createdAt: { lte: new Date(now.getTime() - minAgeMs) } }],
})

/** As many of the first as free the requested space, at least one. */
function enoughOf<T>(
  found: readonly T[],
  request: SpaceRequest,
  sizeOf: (row: T) => number,
): { readonly rows: readonly T[]; readonly bytes: number } {
  const enough = 'enoughBytes' in request ? request.enoughBytes : Infinity
  let bytes = 0
  let count = 0
  while (count < found.length && bytes < enough) {
    bytes += sizeOf(found[count]!)
    count += 1
  }
  return { rows: found.slice(0, count), bytes }
}

/** At most `ROWS_AT_ONCE` of those, the oldest first. */
function deletePredictions(
  store: Store,
  where: Prisma.PredictionWhereInput,
  request: SpaceRequest = { enoughBytes: Infinity },
): Promise<FreedSpace> {
  return deletingImages(store, async (writing) => {
    const found = await writing.prediction.findMany({
      where,
      select: COUNTED,
      orderBy: { id: 'asc' },
      take: ROWS_AT_ONCE,
    })
    const { rows, bytes } = enoughOf(found, request, ({ image }) => ROW_BYTES + (image?.sizeBytes ?? 0))
    if (rows.length === 0) return { count: 0, bytes: 0 }
    const ids = rows.map((row) => row.id)
    // before its prediction, which the trigger of its sum looks up
    await writing.feedback.deleteMany({ where: { predictionId: { in: ids } } })
    await writing.prediction.deleteMany({ where: { id: { in: ids } } })
    await discountPredictions(writing, rows)
    const hashes = [...new Set(rows.flatMap((row) => row.imageHash ?? []))]
    await deleteUnusedImages(writing, hashes, store.now())
    return { count: rows.length, bytes }
  })
}
