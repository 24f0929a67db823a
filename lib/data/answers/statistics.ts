/** Figures of the traffic, added up in SQL over an index that holds all it needs. Counts are of all time; days, histogram and latency of the days asked for. */
import type { Connection } from '../connection.ts'
import type { Answers, Data } from '../data.ts'
import type { Store } from '../store.ts'

const DAY_MS = 86_400_000
const BINS = 20
/** Latency is told from the newest answers: older ones speak of another load. */
const LATENCIES = 10_000

/** A list of classifiers as JSON, so that the index is used for one and for all alike. */
const OF = '"classifierId" IN (SELECT "value" FROM json_each(?))'

export const statisticsAnswers = ({ connection, now }: Store, { classifiers }: Pick<Data, 'classifiers'>): Pick<Answers, 'statistics'> => ({
  async statistics({ classifier, days }) {
    if (classifier !== undefined) await classifiers.get(classifier)
    const of = JSON.stringify(classifier === undefined ? (await classifiers.list()).map((c) => c.id) : [classifier])
    const today = Math.floor(now().getTime() / DAY_MS)
    const first = today - days + 1
    const perClass = perClassOf(connection, of)
    const perDay = perDayOf(connection, of, first)
    const total = perClass.reduce((sum, row) => sum + row.count, 0)
    const feedback = feedbackOf(connection, of)
    return {
      classifier: classifier ?? null,
      total_predictions: total,
      predictions_today: perDay.get(today)?.count ?? 0,
      by_class: perClass.map((row) => ({ class: row.class, count: row.count, mean_confidence: row.sum / row.count })),
      by_day: Array.from({ length: days }, (_, i) => {
        const row = perDay.get(first + i)
        return { day: new Date((first + i) * DAY_MS).toISOString().slice(0, 10), count: row?.count ?? 0, mean_confidence: row ? row.sum / row.count : null }
      }),
      confidence_histogram: histogramOf(connection, of, first),
      mean_confidence: total === 0 ? null : perClass.reduce((sum, row) => sum + row.sum, 0) / total,
      latency_ms: latencyOf(connection, of, first),
      corrections: feedback.wrong,
      confirmed: feedback.right,
    }
  },
})

const perClassOf = (connection: Connection, of: string) =>
  connection.all<{ class: string; count: number; sum: number }>(`SELECT "predictedClass" AS "class", COUNT(*) AS "count", SUM("confidence") AS "sum" FROM "Prediction" WHERE ${OF} GROUP BY 1 ORDER BY 2 DESC, 1`, of)

function perDayOf(connection: Connection, of: string, first: number): ReadonlyMap<number, { count: number; sum: number }> {
  const rows = connection.all<{ day: number; count: number; sum: number }>(
    `SELECT "createdAt" / ${DAY_MS} AS "day", COUNT(*) AS "count", SUM("confidence") AS "sum" FROM "Prediction" WHERE ${OF} AND "createdAt" >= ? GROUP BY 1`, of, first * DAY_MS)
  return new Map(rows.map((row) => [row.day, row]))
}

function histogramOf(connection: Connection, of: string, first: number) {
  const rows = connection.all<{ bin: number; count: number }>(
    `SELECT MIN(CAST("confidence" * ${BINS} AS INTEGER), ${BINS - 1}) AS "bin", COUNT(*) AS "count" FROM "Prediction" WHERE ${OF} AND "createdAt" >= ? GROUP BY 1`, of, first * DAY_MS)
  const counts = new Map(rows.map((row) => [row.bin, row.count]))
  return Array.from({ length: BINS }, (_, bin) => ({ from: bin / BINS, to: (bin + 1) / BINS, count: counts.get(bin) ?? 0 }))
}

function latencyOf(connection: Connection, of: string, first: number) {
  const rows = connection.all<{ ms: number }>(`SELECT "totalMs" AS "ms" FROM "Prediction" WHERE ${OF} AND "createdAt" >= ? ORDER BY "createdAt" DESC LIMIT ${LATENCIES}`, of, first * DAY_MS)
  if (rows.length === 0) return null
  const sorted = Float64Array.from(rows, (row) => row.ms).sort()
  /** Nearest rank: the smallest value that at least this share does not exceed. */
  const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) }
}

function feedbackOf(connection: Connection, of: string): { wrong: number; right: number } {
  const row = connection.one<{ all: number; right: number }>(
    `SELECT COUNT(*) AS "all", COALESCE(SUM(f."isCorrect"), 0) AS "right" FROM "Feedback" f JOIN "Prediction" p ON p."id" = f."predictionId" WHERE p.${OF}`, of)
  return { wrong: (row?.all ?? 0) - (row?.right ?? 0), right: row?.right ?? 0 }
}
