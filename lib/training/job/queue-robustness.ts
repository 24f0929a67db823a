/** Which versions need the job that measures their robustness (robustness-job.ts), and enqueuing it. */
import type { Data } from '#lib/data/data.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { TrainingParts } from './ports.ts'

/** People who have just trained a version correct, upload or train again within this time. */
const DELAY_MS = 10_000

/** Enqueues the job where the version needs it. */
export async function queueRobustness(
  version: VersionWithCard,
  { data, now }: Pick<TrainingParts, 'now'> & { readonly data: Pick<Data, 'jobs'> },
): Promise<void> {
  if (lacksRobustness(version))
    await data.jobs.enqueue('robustness', { versionId: version.id }, now().getTime() + DELAY_MS)
}

/** For live versions of an earlier release, and those whose job failed. */
export async function queueMissingRobustness(
  parts: Pick<TrainingParts, 'now'> & { readonly data: Pick<Data, 'jobs' | 'live' | 'versions'> },
): Promise<void> {
  const { data } = parts
  const latest = await data.jobs.latest('robustness')
  if (latest?.state === 'queued' || latest?.state === 'running') return
  for (const { version } of await data.live.all())
    if (version && !version.isShipped) await queueRobustness(await data.versions.get(version.id), parts)
}

export const lacksRobustness = ({ card }: VersionWithCard): boolean =>
  card.folds != null && card.robustness == null
