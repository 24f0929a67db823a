/** Answers the messages of a training child's parent: the features of some runs, then one run or one probe, whose
 *  folder the message names. It knows no rows; the process and its engine are opened in lib/processes. */
import { rm } from 'node:fs/promises'
import type { FromTraining, ToTraining } from '#lib/contracts/ipc.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { openImages } from '#lib/data/images/images.ts'
import type { ObjectStoreSettings } from '#lib/data/objects/object-store.ts'
import { failureOf } from './job/failure.ts'
import type { ProbePorts } from './probe/ports.ts'
import { probe } from './probe/probe.ts'
import { checkpointFile } from './run/checkpoint.ts'
import { datasetSamples, storedSamples, type OpenDataset } from './run/data/sources.ts'
import { readRunPlan } from './run/plan.ts'
import { computeFeatures } from './run/compute-features.ts'
import { measureRobustnessByFolds, refitByFolds } from './run/refit.ts'
import { runTraining } from './run/run.ts'
import { countOpening } from './versions/test-set-access.ts'

/** What the process is and measures. */
export type TrainingProcess = Pick<
  ProbePorts,
  'engine' | 'openInt8Engine' | 'clock' | 'cpuSeconds' | 'now' | 'memoryMb' | 'machine'
> & {
  /** Since the process started. */
  readonly uptimeSeconds: () => number
  readonly openDataset: OpenDataset
  /** Of PostgreSQL, where the images of this machine are rows of it; it is not part of a plan, which is a file. */
  readonly databaseUrl?: string | undefined
  /** Where hosts share their files. */
  readonly objects?: ObjectStoreSettings | undefined
  /** Called when a run or a probe is done or has failed, after its last message. */
  readonly ended: () => void
}

export function answerTraining(
  training: TrainingProcess,
  report: (message: FromTraining) => void,
): (message: ToTraining) => void {
  let stop: AbortController | null = null // of the work in progress

  async function work(request: Exclude<ToTraining, { kind: 'cancel' }>): Promise<void> {
    const { folder } = request
    const { signal } = (stop = new AbortController())
    const start = { seconds: training.uptimeSeconds(), cpuSeconds: training.cpuSeconds() }
    let outcome: FromTraining | null = null
    try {
      if (request.kind === 'train' && !request.resume) await rm(checkpointFile(folder), { force: true })
      const plan = await readRunPlan(folder)
      const ports = portsOf(folder, plan, signal)
      switch (request.kind) {
        case 'train':
          await runTraining(folder, plan, ports)
          break
        case 'features':
          await computeFeatures(folder, plan, ports)
          outcome = { kind: 'computed' }
          break
        case 'refit':
          await refitByFolds(folder, plan, ports)
          outcome = { kind: 'computed' }
          break
        case 'robustness':
          await measureRobustnessByFolds(folder, plan, ports)
          outcome = { kind: 'computed' }
          break
        case 'probe': {
          const figures = await probe(folder, plan, { images: request.images, start }, ports)
          report({ kind: 'probed', figures })
        }
      }
    } catch (error) {
      outcome = signal.aborted ? { kind: 'cancelled' } : failureOf(error)
    }
    stop = null
    if (outcome) report(outcome)
    if (request.kind === 'train' || request.kind === 'probe') training.ended()
  }

  const portsOf = (folder: string, plan: RunPlan, signal: AbortSignal): ProbePorts => ({
    ...training,
    report,
    signal,
    samples: (of) =>
      of.samples.kind === 'dataset'
        ? datasetSamples(of.samples, training.openDataset, signal)
        : storedSamples(
            folder,
            openImages({
              ...of.samples,
              databaseUrl: training.databaseUrl,
              objects: training.objects,
              now: training.now,
            }),
            (fault) => report({ kind: 'file-fault', ...fault }),
          ),
    openTest: async (hashes) =>
      plan.samples.kind === 'kept' ? plan.samples.testOpened : countOpening(plan.samples.counters, hashes),
  })

  return (message) => {
    if (message.kind === 'cancel') stop?.abort()
    else void work(message)
  }
}
