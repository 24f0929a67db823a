/** Deleting predictions for good: one, or all that fit a filter, in small transactions. Statistics fall with
 *  them; samples that corrections made stay. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Answers, Data } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { deletePredictions } from '../retention.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'
import { predictionsWhere } from '../prediction-filter.ts'

const DAY_MS = 86_400_000

export const predictionDeletion = (
  store: Store,
  { classifiers }: Pick<Data, 'classifiers'>,
): Pick<Answers, 'deletePrediction' | 'deletePredictions'> => ({
  async deletePrediction({ id }) {
    if ((await deletePredictions(store, { id })).count === 0) throw notFound('prediction', id)
    await store.connection.truncateWal()
    return { id, deleted: true }
  },
  async deletePredictions({ older_than_days, all, dry_run, ...filters }, { signal }) {
    if (filters.classifier !== undefined) await classifiers.get(filters.classifier)
    if (
      !all &&
      older_than_days === undefined &&
      Object.values(filters).every((filter) => filter === undefined)
    )
      throw noFilter()
    const now = store.now().getTime()
    const latest = new Date(now - (older_than_days ?? 0) * DAY_MS)
    const where: Prisma.PredictionWhereInput = {
      AND: [predictionsWhere(filters), { createdAt: { lte: latest } }],
    } // what comes meanwhile stays
    if (dry_run) return { count: await store.prisma.prediction.count({ where }), dry_run }
    let count = 0
    while (!signal?.aborted) {
      const deleted = await deletePredictions(store, where)
      if (deleted.count === 0) break
      count += deleted.count
    }
    await store.connection.truncateWal()
    return { count, dry_run }
  },
})

const noFilter = (): DarkroomError =>
  new DarkroomError('invalid_input', {
    what: 'Nothing was deleted',
    why: 'the request has no filter',
    remedy: 'Send one, such as older_than_days=30, or send all=true to delete every prediction.',
  })
