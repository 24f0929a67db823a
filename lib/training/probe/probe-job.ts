/** The job behind a forecast: a plan such as the retrain would have, on some of its pictures, measured in a
 *  training child and forgotten. It writes no row. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RetrainDraft } from '../retrain/decide.ts'
import { followProbe } from '../job/follow.ts'
import type { TrainingHandlers, TrainingParts } from '../job/ports.ts'
import { keepProbe } from './probe-figures.ts'
import { planFile, samplesFile, writeJson } from '../run/plan.ts'
import { planOf } from '../job/train-job.ts'

const LONGEST_MS = 120_000 // a slow machine and a large network; who waits longer trains without knowing

export function probeJob({ data, forkTraining, settings }: TrainingParts): TrainingHandlers['probe'] {
  return {
    async run({ classifierId, name, draft, some, images }, { signal }) {
      const folder = join(settings.dataDir, 'runs', `probe-${name}`)
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true })
      try {
        const plan = planOf(draft as RetrainDraft, {
          // written by forecast-retrain.ts alone
          runId: name,
          classifier: await data.classifiers.get(classifierId),
          version: 'v1',
          seed: 1,
          out: join(folder, 'version'),
          testOpened: 0,
          settings,
        })
        await writeJson(samplesFile(folder), some)
        await writeJson(planFile(folder), plan)
        const figures = await followProbe({
          child: forkTraining(settings.engine),
          folder,
          images,
          signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
        })
        await keepProbe(settings.dataDir, name, figures)
        return figures
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
