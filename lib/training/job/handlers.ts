/** What the worker does for each kind of job: train, evaluate, compare. Jobs are claimed and children forked
 *  elsewhere. */
import type { Data } from '#lib/data/data.ts'
import type { JobKind, JobPayloads } from '#lib/domain/jobs.ts'
import { compareVersions } from '../versions/compare.ts'
import { evaluateVersion } from '../versions/evaluate.ts'
import type { Answering, ForkTraining } from '../ports.ts'
import { probeJob } from '../probe/probe-job.ts'
import { testEntries, unseenBy } from '../versions/test-images.ts'
import { trainJob, type TrainSettings } from './train-job.ts'

export type TrainingParts = {
  readonly data: Data
  readonly forkTraining: ForkTraining
  /** Children of the worker, apart from those that answer people. */
  readonly answering: Answering
  readonly settings: TrainSettings
  readonly now: () => Date
  /** Removes what processes that are gone have left half made. */
  readonly sweepLeftovers: () => Promise<unknown>
  /** Milliseconds that only grow. */
  readonly clock: () => number
  readonly log: (
    level: 'info' | 'warn' | 'error',
    message: string,
    about?: Readonly<Record<string, unknown>>,
  ) => void
}

export type JobContext = {
  readonly attempt: number
  readonly signal: AbortSignal
  readonly why: () => 'cancelled' | 'leaving' | 'lost' | null
}

/** Shaped as lib/jobs wants handlers. */
export type TrainingHandlers = {
  readonly [K in Exclude<JobKind, 'backup'>]: {
    readonly run: (payload: JobPayloads[K], job: JobContext) => Promise<unknown>
    readonly gaveUp?: (
      payload: JobPayloads[K],
      error: { readonly code: string; readonly message: string },
    ) => Promise<void>
  }
}

export function trainingHandlers(parts: TrainingParts): TrainingHandlers {
  const { data, answering, settings } = parts
  const asking = (signal: AbortSignal) => ({
    bytesOf: data.pictures.bytesOf,
    answering,
    maxPixels: settings.maxPixels,
    signal,
  })
  return {
    train: trainJob(parts),
    probe: probeJob(parts),
    evaluate: {
      async run({ versionId }, { signal }) {
        const version = await data.versions.get(versionId)
        return evaluateVersion(version, await testEntries(data, [version]), {
          ...asking(signal),
          clock: () => parts.clock() / 1000,
        })
      },
    },
    compare: {
      async run({ championId, challengerId }, { signal }) {
        const [champion, challenger] = await Promise.all([
          data.versions.get(championId),
          data.versions.get(challengerId),
        ])
        const comparison = await compareVersions(
          {
            champion,
            challenger,
            entries: await testEntries(data, [champion, challenger]),
            unseen: await unseenBy(data, champion),
            now: parts.now(),
          },
          asking(signal),
        )
        await data.versions.saveComparison(championId, challengerId, comparison)
        return comparison
      },
    },
  }
}
