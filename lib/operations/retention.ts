/**
 * Retention: anonymous images are deleted after some days or above their quota, predictions after some days
 * or above a size. In steps of a few hundred, oldest first, so that no request waits. It deletes through
 * lib/data only.
 */
import { counted } from '#lib/domain/text/count-text.ts'
import type { Retention, FreedSpace, SpaceRequest } from '#lib/data/predictions/prediction-types.ts'
import type { Log } from './log.ts'

const DAY_MS = 86_400_000
const GB = 1e9
/** Down to this share of a limit, so that a sweep is not followed by another at once. */
const DOWN_TO = 0.9

export type RetentionLimits = {
  /** For images that only anonymous predictions need; null: stored as long as the predictions. */
  readonly publicDays: number | null
  readonly publicBytes: number
  /** For all predictions; null: without limit. */
  readonly days: number | null
  readonly gigabytes: number | null
}

type RetentionParts = {
  readonly data: Retention
  readonly limits: RetentionLimits
  readonly now: () => number
  readonly log: Log
}

/** To be called every few minutes; ends early when the signal is aborted. */
export const createRetention =
  ({ data, limits, now, log }: RetentionParts) =>
  async (signal: AbortSignal): Promise<void> => {
    const { publicDays, publicBytes, days, gigabytes } = limits
    const before = (age: number): Date => new Date(now() - age * DAY_MS)

    let images = 0
    if (publicDays !== null) images += await allBefore(signal, before(publicDays), data.dropAnonymousImages)
    images += await downTo(
      signal,
      { limit: publicBytes, bytes: (await data.anonymousImages()).bytes },
      data.dropAnonymousImages,
    )
    if (images > 0)
      log('info', `${counted(images, 'image')} of anonymous predictions deleted by age or quota`)

    let predictions = 0
    if (days !== null) predictions += await allBefore(signal, before(days), data.deleteOldest)
    if (gigabytes !== null)
      predictions += await downTo(
        signal,
        { limit: gigabytes * GB, bytes: await data.historyBytes() },
        data.deleteOldest,
      )
    if (predictions > 0)
      log('info', `${counted(predictions, 'prediction')} deleted by RETENTION_DAYS or RETENTION_GB`)
  }

type Delete = (required: SpaceRequest) => Promise<FreedSpace>

async function allBefore(signal: AbortSignal, before: Date, remove: Delete): Promise<number> {
  for (let sum = 0; ;) {
    const { count } = signal.aborted ? { count: 0 } : await remove({ before })
    if (count === 0) return sum
    sum += count
  }
}

/** Nothing below the limit; else down to slightly below it. */
async function downTo(
  signal: AbortSignal,
  { limit, bytes }: { readonly limit: number; readonly bytes: number },
  remove: Delete,
): Promise<number> {
  if (bytes <= limit) return 0
  let excess = bytes - limit * DOWN_TO
  for (let sum = 0; ;) {
    const deleted =
      signal.aborted || excess <= 0 ? { count: 0, bytes: 0 } : await remove({ enoughBytes: excess })
    if (deleted.count === 0) return sum
    sum += deleted.count
    excess -= deleted.bytes
  }
}
