/** The job that measures a run for its forecast: a plan as the run would have it, on some of its images, timed
 *  in a training child and removed. It writes no row. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { followProbe } from '../job/follow.ts'
import { purposeOf } from '../job/engine-purpose.ts'
import { planOf } from '../job/plan-run.ts'
import type { TrainingHandlers, TrainingParts } from '../job/ports.ts'
import { parseDraft, writeRun } from '../run/plan.ts'
import { writeProbe } from './probe-figures.ts'

const LONGEST_MS = 120_000 // a slow machine and a large network; after that, the run can start without a forecast

export function probeJob({ data, processes, settings }: TrainingParts): TrainingHandlers['probe'] {
  return {
    async run({ classifierId, name, draft, some, images }, { signal }) {
      const folder = join(settings.dataDir, 'runs', `probe-${name}`)
      await rm(folder, { recursive: true, force: true })
      try {
        const plan = planOf(parseDraft(draft), {
          runId: name,
          classifier: await data.classifiers.get(classifierId),
          version: 'v1',
          seed: 1,
          out: join(folder, 'version'),
          testOpened: 0,
          settings,
        })
        await writeRun(folder, plan, some)
        const figures = await followProbe({
          child: processes.forkNew(settings.engine, purposeOf(plan.recipe)),
          folder,
          images,
          signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
        })
        await writeProbe(settings.dataDir, name, figures)
        return figures
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
