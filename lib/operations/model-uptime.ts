/**
 * GET /api/model/uptime: since when the live version answers, and how many predictions it has answered. The
 * start is the promotion, because processes start and stop.
 */
import type { Output } from '#lib/contracts/contract.ts'
import type { modelUptime } from '#lib/contracts/models.ts'
import type { Data } from '#lib/data/data.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

export type ModelUptimeParts = {
  readonly data: {
    readonly classifiers: Pick<Data['classifiers'], 'chosen'>
    readonly live: Pick<Data['live'], 'of'>
    readonly predictions: Pick<Data['predictions'], 'countSince'>
  }
  readonly startedAt: Date
  readonly now: () => Date
}

export const createModelUptime =
  ({ data, startedAt, now }: ModelUptimeParts) =>
  async ({
    classifier,
  }: {
    readonly classifier?: string | undefined
  }): Promise<Output<typeof modelUptime>> => {
    const { id } = await data.classifiers.chosen(classifier)
    const live = await data.live.of(id)
    if (live === null)
      throw new DarkroomError('not_found', {
        what: `The classifier "${id}" has no live version`,
        why: 'it has not been trained yet',
        remedy: 'Upload labelled images and train it.',
      })
    const since = live.promoted.promotion.at
    const secondsSince = (then: Date) => Math.max(0, Math.round((now().getTime() - then.getTime()) / 1000))
    return {
      classifier: id,
      version: (live.version ?? live.promoted.version).name,
      serving_since: since.toISOString(),
      uptime_seconds: secondsSince(since),
      process_uptime_seconds: secondsSince(startedAt),
      predictions: await data.predictions.countSince(id, since),
    }
  }
