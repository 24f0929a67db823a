/** The map of a classifier's images from its most recent check, as rows: where each is among the images that are like
 *  it. It is computed in lib/training/findings/image-map.ts. */
import { wordOf, type Store } from '../store.ts'

export const MAP_METHODS = ['pca', 'umap'] as const
export type MapMethod = (typeof MAP_METHODS)[number]

/** From 0 to 1. */
export type MapPoint = { readonly sampleId: string; readonly x: number; readonly y: number }

export type ImageMap = {
  /** What it was computed from. */
  readonly basis: string
  readonly method: MapMethod
  readonly points: readonly MapPoint[]
}

export type ImageMapStore = {
  readonly of: (
    classifierId: string,
  ) => Promise<(Omit<ImageMap, 'points'> & { readonly computedAt: Date }) | null>
  /** Replaces what was stored. Samples that were deleted meanwhile are left out. */
  readonly keep: (classifierId: string, map: ImageMap) => Promise<void>
}

export const imageMapsIn = ({
  prisma,
  statements,
  now,
}: Pick<Store, 'prisma' | 'statements' | 'now'>): ImageMapStore => ({
  async of(classifierId) {
    const row = await prisma.imageMap.findUnique({ where: { classifierId } })
    return (
      row && {
        basis: row.basis,
        method: wordOf(MAP_METHODS, row.method, 'ImageMap.method'),
        computedAt: row.computedAt,
      }
    )
  },
  async keep(classifierId, { basis, method, points }) {
    const data = { basis, method, computedAt: now() }
    await prisma.$transaction(async (tx) => {
      await tx.mapPoint.deleteMany({ where: { classifierId } })
      await statements.bulk.insertMapPoints(tx, classifierId, points)
      await tx.imageMap.upsert({
        where: { classifierId },
        create: { classifierId, ...data },
        update: data,
      })
    })
  },
})
