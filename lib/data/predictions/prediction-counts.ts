/**
 * Sums of predictions by class, and by day and confidence, updated by the transaction that writes or
 * deletes the predictions, so that reads need no scan. Database triggers count samples and feedback
 * (prisma/migrations/0003-counts.sql), not this file.
 */
import type { Prisma } from '../generated/client.ts'
import type { NewPrediction } from '../values.ts'

const DAY_MS = 86_400_000
/** Bins of the histogram; the migration that created the first sums uses 20 too. */
export const BINS = 20

/** Days since 1970, UTC. */
export const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS)
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

type Sum = { count: number; confidence: number }

type CountedPrediction = Pick<NewPrediction, 'classifierId' | 'predictedClass' | 'confidence' | 'createdAt'>

/** For the transaction that deletes them: the sums always match the current history. */
export async function discountPredictions(
  writing: Prisma.TransactionClient,
  predictions: readonly CountedPrediction[],
): Promise<void> {
  const { classes, days } = sumsOf(predictions)
  const less = ({ count, confidence }: Sum) => ({
    count: { decrement: count },
    confidenceSum: { decrement: confidence },
  })
  for (const sum of classes)
    await writing.classCount.updateMany({
      where: { classifierId: sum.classifierId, predictedClass: sum.name },
      data: less(sum),
    })
  for (const sum of days)
    await writing.dayCount.updateMany({
      where: { classifierId: sum.classifierId, day: sum.day, bin: sum.bin },
      data: less(sum),
    })
  const isEmpty = {
    classifierId: { in: [...new Set(predictions.map((one) => one.classifierId))] },
    count: { lte: 0 },
  }
  await writing.classCount.deleteMany({ where: isEmpty })
  await writing.dayCount.deleteMany({ where: isEmpty })
}

export function sumsOf(predictions: readonly CountedPrediction[]) {
  const classes = new Map<string, Sum & { classifierId: string; name: string }>()
  const days = new Map<string, Sum & { classifierId: string; day: number; bin: number }>()
  for (const { classifierId, predictedClass: name, confidence, createdAt } of predictions) {
    const [day, bin] = [dayOf(createdAt), Math.min(Math.trunc(confidence * BINS), BINS - 1)]
    add(classes, `${classifierId} ${name}`, { classifierId, name, count: 1, confidence }) // an id has no spaces
    add(days, `${classifierId} ${day} ${bin}`, { classifierId, day, bin, count: 1, confidence })
  }
  return { classes: [...classes.values()], days: [...days.values()] }
}

function add<T extends Sum>(sums: Map<string, T>, key: string, one: T): void {
  const sum = sums.get(key)
  if (sum === undefined) return void sums.set(key, one)
  sum.count += one.count
  sum.confidence += one.confidence
}

/** The first day's own rows, and the sums of those that followed. */
export async function predictionsSince(
  prisma: Pick<Prisma.TransactionClient, 'prediction' | 'dayCount'>,
  classifierId: string,
  since: Date,
): Promise<number> {
  const next = dayOf(since) + 1
  const [first, later] = await Promise.all([
    prisma.prediction.count({
      where: { classifierId, createdAt: { gte: since, lt: new Date(next * DAY_MS) } },
    }),
    prisma.dayCount.aggregate({ where: { classifierId, day: { gte: next } }, _sum: { count: true } }),
  ])
  return first + (later._sum.count ?? 0)
}
