/** Deleting predictions for good on request: one, or all that fit a filter, in small transactions. Statistics fall
 *  with them; samples that corrections made stay. */
import type { Input, Output } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { deletePredictions } from '#lib/contracts/predictions.ts'
import type { Data } from '#lib/data/data.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

const DAY_MS = 86_400_000

export type PredictionDeletion = {
  readonly deletePrediction: RouteAnswer<'DELETE /api/predictions/{id}'>
  readonly deletePredictions: (
    input: Input<typeof deletePredictions>,
    request: { readonly signal?: AbortSignal },
  ) => Promise<Output<typeof deletePredictions>>
}

export const createPredictionDeletion = ({
  classifiers,
  retention,
}: Pick<Data, 'classifiers' | 'retention'>): PredictionDeletion => ({
  async deletePrediction({ id }) {
    await retention.deleteOne(id)
    return { id, deleted: true }
  },
  async deletePredictions({ older_than_days: days, all, dry_run, ...filters }, { signal }) {
    if (filters.classifier !== undefined) await classifiers.get(filters.classifier)
    if (!all && days === undefined && Object.values(filters).every((filter) => filter === undefined))
      throw noFilter()
    const selection = { filters, minAgeMs: (days ?? 0) * DAY_MS }
    const count = dry_run
      ? await retention.countSelected(selection)
      : await retention.deleteSelected(selection, signal)
    return { count, dry_run }
  },
})

const noFilter = (): DarkroomError =>
  new DarkroomError('invalid_input', {
    what: 'Nothing was deleted',
    why: 'the request has no filter',
    remedy: 'Send one, such as older_than_days=30, or send all=true to delete every prediction.',
  })
