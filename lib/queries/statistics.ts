/** Figures of the traffic, read from sums that are kept with each answer; rows are read for latency alone,
 *  and few of them. Counts are of all time; days, histogram and latency of the days asked for. */
import type { Connection } from '#lib/data/connection.ts'
import type { Answers, Data } from '#lib/data/data.ts'
import { BINS, dateOf, dayOf } from '#lib/data/prediction-counts.ts'
import type { Store } from '#lib/data/store.ts'
import { TRASHED_CLASSIFIERS } from '#lib/data/trashed-classifiers.ts'

/** Latency is told from the newest answers: older ones speak of another load. */
const LATENCIES = 1_000

/** A list of classifiers as JSON, so that the index is used for one and for all alike. */
const OF = '"classifierId" IN (SELECT "value" FROM json_each(?))'

export const statisticsAnswers = (
  { connection, now }: Store,
  { classifiers }: Pick<Data, 'classifiers'>,
): Pick<Answers, 'statistics'> => ({
  async statistics({ classifier, days }) {
    if (classifier !== undefined) await classifiers.get(classifier)
    const of = JSON.stringify(
      classifier === undefined
        ? connection
            .all<{ id: string }>('SELECT "id" FROM "Classifier" WHERE "trashedAt" IS NULL')
            .map(({ id }) => id)
        : [classifier],
    )
    const today = dayOf(now())
    const first = today - days + 1
    const perClass = perClassOf(connection, of)
    const { perDay, bins } = recentOf(connection, of, first)
    const total = perClass.reduce((sum, row) => sum + row.count, 0)
    const feedback = feedbackOf(connection, of)
    return {
      classifier: classifier ?? null,
      total_predictions: total,
      predictions_today: perDay.get(today)?.count ?? 0,
      by_class: perClass.map((row) => ({
        class: row.class,
        count: row.count,
        mean_confidence: row.sum / row.count,
      })),
      by_day: Array.from({ length: days }, (_, i) => {
        const row = perDay.get(first + i)
        return {
          day: dateOf(first + i),
          count: row?.count ?? 0,
          mean_confidence: row ? row.sum / row.count : null,
        }
      }),
      confidence_histogram: bins.map((count, bin) => ({ from: bin / BINS, to: (bin + 1) / BINS, count })),
      mean_confidence: total === 0 ? null : perClass.reduce((sum, row) => sum + row.sum, 0) / total,
      latency_ms: latencyOf(connection, classifier, first),
      corrections: feedback.wrong,
      confirmed: feedback.right,
    }
  },
})

const perClassOf = (connection: Connection, of: string) =>
  connection.all<{ class: string; count: number; sum: number }>(
    'SELECT "predictedClass" AS "class", SUM("count") AS "count", SUM("confidenceSum") AS "sum" FROM ' +
      `"ClassCount" WHERE ${OF} GROUP BY 1 ORDER BY 2 DESC, 1`,
    of,
  )

function recentOf(
  connection: Connection,
  of: string,
  first: number,
): {
  readonly perDay: ReadonlyMap<number, { count: number; sum: number }>
  readonly bins: readonly number[]
} {
  const rows = connection.all<{ day: number; bin: number; count: number; sum: number }>(
    `SELECT "day", "bin", "count", "confidenceSum" AS "sum" FROM "DayCount" WHERE ${OF} AND "day" >= ?`,
    of,
    first,
  )
  const perDay = new Map<number, { count: number; sum: number }>()
  const bins = new Array<number>(BINS).fill(0)
  for (const { day, bin, count, sum } of rows) {
    const before = perDay.get(day)
    perDay.set(day, { count: (before?.count ?? 0) + count, sum: (before?.sum ?? 0) + sum })
    bins[bin] = (bins[bin] ?? 0) + count
  }
  return { perDay, bins }
}

function latencyOf(connection: Connection, classifier: string | undefined, first: number) {
  const since = new Date(dateOf(first))
  const rows =
    classifier === undefined
      ? connection.all<{ ms: number }>(
          'SELECT "totalMs" AS "ms" FROM "Prediction" WHERE "createdAt" >= ? AND "classifierId" NOT IN ' +
            `${TRASHED_CLASSIFIERS} ORDER BY "createdAt" DESC LIMIT ${LATENCIES}`,
          since,
        )
      : connection.all<{ ms: number }>(
          'SELECT "totalMs" AS "ms" FROM "Prediction" WHERE "classifierId" = ? AND "createdAt" >= ? ' +
            `ORDER BY "createdAt" DESC LIMIT ${LATENCIES}`,
          classifier,
          since,
        )
  if (rows.length === 0) return null
  const sorted = Float64Array.from(rows, (row) => row.ms).sort()
  /** Nearest rank: the smallest value that at least this share does not exceed. */
  const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) }
}

function feedbackOf(connection: Connection, of: string): { wrong: number; right: number } {
  const rows = connection.all<{ isCorrect: number; count: number }>(
    `SELECT "isCorrect", SUM("count") AS "count" FROM "FeedbackCount" WHERE ${OF} GROUP BY 1`,
    of,
  )
  const count = (isCorrect: number): number => rows.find((row) => row.isCorrect === isCorrect)?.count ?? 0
  return { wrong: count(0), right: count(1) }
}
