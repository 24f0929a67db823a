/** The job that measures the robustness of a version which was evaluated by folds, after it was saved: disturbing
 *  its images takes longer than training it. It waits for runs, gives way to them, and changes no file of the
 *  version. */
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Data } from '#lib/data/data.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { BackgroundTurn } from './one-at-a-time.ts'
import type { TrainingHandlers, TrainingParts } from './ports.ts'
import { robustnessOf } from './refit-version.ts'

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

const lacksRobustness = ({ card }: VersionWithCard): boolean => card.folds != null && card.robustness == null

export function robustnessJob(
  parts: TrainingParts & { readonly turn: BackgroundTurn },
): TrainingHandlers['robustness'] {
  return {
    run: ({ versionId }, { signal }) =>
      parts.turn.whenIdle(signal, (stop) => measureNow(versionId, stop, parts)),
  }
}

async function measureNow(versionId: string, signal: AbortSignal, parts: TrainingParts): Promise<unknown> {
  const { data } = parts
  const version = await existing(versionId, data)
  if (!version || !lacksRobustness(version)) return { images: 0 }
  const robustness = await robustnessOf(version, parts, signal)
  if (!robustness) return { images: 0 }
  await data.versions.saveRobustness(versionId, robustness)
  return { images: robustness.images }
}

/** Null where it is in the trash or was deleted. */
const existing = (versionId: string, { versions }: Pick<Data, 'versions'>): Promise<VersionWithCard | null> =>
  versions.get(versionId).catch((error: unknown) => {
    if (isDarkroomError(error) && error.code === 'not_found') return null
    throw error
  })
