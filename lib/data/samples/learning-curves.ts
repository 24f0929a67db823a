/** The learning curve of each classifier from its most recent check, as a row. It is computed in
 *  lib/training/findings/learning-curve.ts. */
import { learningCurves, type LearningCurvesAnswer } from '#lib/contracts/learning-curve.ts'
import { parsedOrNull, type Store } from '../store.ts'

export type StoredCurve = {
  /** What it was computed from. */
  readonly basis: string
  /** Null: too few images. */
  readonly curves: LearningCurvesAnswer | null
}

export type LearningCurveStore = {
  readonly of: (classifierId: string) => Promise<(StoredCurve & { readonly computedAt: Date }) | null>
  /** Replaces what was stored; null removes it. */
  readonly keep: (classifierId: string, curve: StoredCurve | null) => Promise<void>
}

export const learningCurvesIn = ({ prisma, now }: Pick<Store, 'prisma' | 'now'>): LearningCurveStore => ({
  async of(classifierId) {
    const row = await prisma.learningCurve.findUnique({ where: { classifierId } })
    return (
      row && {
        basis: row.basis,
        curves: parsedOrNull(learningCurves, row.curvesJson),
        computedAt: row.computedAt,
      }
    )
  },
  async keep(classifierId, curve) {
    if (curve === null) {
      await prisma.learningCurve.deleteMany({ where: { classifierId } })
      return
    }
    const { basis, curves } = curve
    const data = { basis, curvesJson: curves && JSON.stringify(curves), computedAt: now() }
    await prisma.learningCurve.upsert({
      where: { classifierId },
      create: { classifierId, ...data },
      update: data,
    })
  },
})
