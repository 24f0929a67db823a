/** What the worker does for each kind of job of training. The other kinds (backups, networks, findings, predictions)
 *  are composed in lib/processes; lib/jobs claims jobs. */
import { compareVersions } from '../versions/compare.ts'
import { evaluateVersion } from '../versions/evaluate.ts'
import { probeJob } from '../probe/probe-job.ts'
import { comparableImages } from '../versions/comparable-images.ts'
import { storedAnswersIn } from '../versions/stored-answers.ts'
import { testEntries, unseenBy } from '../versions/test-images.ts'
import { featuresJob, type FeaturesJobParts } from './features-job.ts'
import type { TrainingHandlers } from './ports.ts'
import { robustnessJob } from './robustness-job.ts'
import { trainJob } from './train-job.ts'

export function trainingHandlers(parts: FeaturesJobParts): TrainingHandlers {
  const { data, inference, settings } = parts
  const predictionPorts = (signal: AbortSignal) => ({
    bytesOf: data.images.bytesOf,
    inference,
    maxPixels: settings.maxPixels,
    signal,
  })
  return {
    train: trainJob(parts),
    features: featuresJob(parts),
    robustness: robustnessJob(parts),
    probe: probeJob(parts),
    evaluate: {
      async run({ versionId }, { signal }) {
        const version = await data.versions.get(versionId)
        return evaluateVersion(version, await testEntries(data, [version]), {
          ...predictionPorts(signal),
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
            ...(await comparableImages(
              data,
              { champion, challenger },
              { stored: storedAnswersIn(settings.dataDir), refit: async () => null }, // it starts no training process
            )),
            unseen: await unseenBy(data, champion),
            now: parts.now(),
          },
          predictionPorts(signal),
        )
        await data.versions.saveComparison(championId, challengerId, comparison)
        return comparison
      },
    },
  }
}
