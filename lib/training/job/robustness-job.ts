/** The job that measures the robustness of a version which was evaluated by folds, after it was saved: disturbing
 *  its images takes longer than training it. It waits for runs, gives way to them, and changes no file of the
 *  version. */
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Data } from '#lib/data/data.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { BackgroundTurn } from './one-at-a-time.ts'
import type { TrainingHandlers, TrainingParts } from './ports.ts'
import { lacksRobustness } from './queue-robustness.ts'
import { robustnessOf } from './refit-version.ts'

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
