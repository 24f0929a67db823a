/**
 * The use cases of prediction jobs for a process that answers requests. The module is loaded for the first job,
 * because most processes never receive one.
 */
import { pseudonymFor } from '#lib/auth/pseudonym.ts'
import type { ServingState } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import type { PredictionJobQueries } from '#lib/queries/prediction-jobs.ts'
import type { PredictionJobCases } from '#lib/serving/prediction-jobs/cases.ts'
import type { ImageLimits } from '#lib/serving/prediction-jobs/received-images.ts'
import { wallClock } from '../clock.ts'
import type { PublicBytes } from './storage-limits.ts'

type JobCaseParts = {
  readonly data: Data & { readonly queries: Pick<PredictionJobQueries, 'getPredictionJob'> }
  readonly dataDir: string
  readonly limits: ImageLimits
  readonly quota: Pick<PublicBytes, 'ofJobs'>
  /** Signs sessions; with it, addresses of anonymous senders become pseudonyms. */
  readonly secret: string
  readonly state: () => Pick<ServingState, 'versions' | 'precisions'>
}

export function predictionJobCases({
  data,
  dataDir,
  limits,
  quota,
  secret,
  state,
}: JobCaseParts): PredictionJobCases {
  const cases = async (): Promise<PredictionJobCases> => {
    const { createPredictionJobCases } = await import('#lib/serving/prediction-jobs/cases.ts')
    return createPredictionJobCases({
      data,
      read: data.queries.getPredictionJob,
      precisionOf(classifierId, version) {
        const { versions, precisions } = state()
        return versions[classifierId] === version ? (precisions[classifierId]?.precision ?? null) : null
      },
      dataDir,
      limits,
      anonymousBytes: quota.ofJobs,
      pseudonymOf: pseudonymFor(secret),
      now: wallClock.now,
    })
  }
  return {
    createPredictionJob: async (...call) => (await cases()).createPredictionJob(...call),
    cancelPredictionJob: async (...call) => (await cases()).cancelPredictionJob(...call),
    deletePredictionJob: async (...call) => (await cases()).deletePredictionJob(...call),
  }
}
