/** What more images should bring, as the page and GET /api/data/learning-curve show it. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'

type LearningCurveQueries = {
  readonly learningCurve: RouteAnswer<'GET /api/data/learning-curve'>
}

export const learningCurveQueries = ({
  classifiers,
  learningCurves,
  findings,
}: Pick<Data, 'classifiers' | 'learningCurves' | 'findings'>): LearningCurveQueries => ({
  async learningCurve({ classifier }) {
    const { id } = await classifiers.chosen(classifier)
    const stored = await learningCurves.of(id)
    return {
      classifier: id,
      computed_at: stored?.computedAt.toISOString() ?? null,
      is_computing: await findings.isChecking(id),
      curves: stored?.curves ?? null,
    }
  },
})
