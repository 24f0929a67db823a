/**
 * Traffic statistics, from totals that are updated with each prediction; only latency reads predictions, and
 * only a few. Counts cover all time; days, histogram and latency cover the requested days.
 */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import { BINS, dateOf, dayOf } from '#lib/data/predictions/prediction-counts.ts'
import type { Store } from '#lib/data/store.ts'

/** Latency uses the newest predictions, because older ones reflect a different load. */
const LATENCIES = 1_000

const COUNT_AND_CONFIDENCE = { count: true, confidenceSum: true } as const

export function statisticsQueries(
  { prisma, statements, now }: Store,
  { classifiers }: Pick<Data, 'classifiers'>,
): { readonly statistics: RouteAnswer<'GET /api/statistics'> } {
  return {
    async statistics({ classifier, days }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const of = classifier === undefined ? { classifier: { trashedAt: null } } : { classifierId: classifier }
      const today = dayOf(now())
      const first = today - days + 1
      const recent = { ...of, day: { gte: first } }
      const [classes, perDay, perBin, feedback, latencies] = await Promise.all([
        prisma.classCount.groupBy({ by: ['predictedClass'], where: of, _sum: COUNT_AND_CONFIDENCE }),
        prisma.dayCount.groupBy({ by: ['day'], where: recent, _sum: COUNT_AND_CONFIDENCE }),
        prisma.dayCount.groupBy({ by: ['bin'], where: recent, _sum: { count: true } }),
        prisma.feedbackCount.groupBy({ by: ['isCorrect'], where: of, _sum: { count: true } }),
        statements.lists.latencies(prisma, classifier ?? null, {
          since: new Date(dateOf(first)),
          most: LATENCIES,
        }),
      ])
      const total = classes.reduce((sum, row) => sum + countOf(row), 0)
      const confidence = classes.reduce((sum, row) => sum + confidenceOf(row), 0)
      const dayRow = new Map(perDay.map((row) => [row.day, row]))
      const binRow = new Map(perBin.map((row) => [row.bin, row]))
      const feedbackRow = new Map(feedback.map((row) => [row.isCorrect, row]))
      return {
        classifier: classifier ?? null,
        total_predictions: total,
        predictions_today: countOf(dayRow.get(today)),
        by_class: classes
          .map((row) => ({
            class: row.predictedClass,
            count: countOf(row),
            mean_confidence: confidenceOf(row) / countOf(row),
          }))
          .sort((a, b) => b.count - a.count || (a.class < b.class ? -1 : 1)),
        by_day: Array.from({ length: days }, (_, i) => {
          const row = dayRow.get(first + i)
          return {
            day: dateOf(first + i),
            count: countOf(row),
            mean_confidence: row ? confidenceOf(row) / countOf(row) : null,
          }
        }),
        confidence_histogram: Array.from({ length: BINS }, (_, bin) => ({
          from: bin / BINS,
          to: (bin + 1) / BINS,
          count: countOf(binRow.get(bin)),
        })),
        mean_confidence: total === 0 ? null : confidence / total,
        latency_ms: percentilesOf(latencies),
        corrections: countOf(feedbackRow.get(false)),
        confirmed: countOf(feedbackRow.get(true)),
      }
    },
  }
}

type Sum = { readonly _sum: { readonly count: number | null; readonly confidenceSum?: number | null } }

const countOf = (row: Sum | undefined): number => row?._sum.count ?? 0
const confidenceOf = (row: Sum): number => row._sum.confidenceSum ?? 0

function percentilesOf(milliseconds: readonly number[]): { p50: number; p95: number; p99: number } | null {
  if (milliseconds.length === 0) return null
  const sorted = Float64Array.from(milliseconds).sort()
  /** Nearest rank: the smallest value that at least this share does not exceed. */
  const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) }
}
