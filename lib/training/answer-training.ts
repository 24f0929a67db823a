/** Answers the messages of a training child's parent: one run, one probe or the
 *  features of one run, whose folder the message names. It knows
 *  no rows; the process and its engine are opened in lib/processes. */
import { rm } from 'node:fs/promises'
import type { FromTraining, ToTraining } from '#lib/contracts/ipc.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { openImages } from '#lib/data/images/images.ts'
import { failureOf } from './job/failure.ts'
import type { ProbePorts } from './probe/ports.ts'
import { probe } from './probe/probe.ts'
import { checkpointFile } from './run/checkpoint.ts'
import { datasetSamples, storedSamples, type OpenDataset } from './run/data/sources.ts'
import { readRunPlan } from './run/plan.ts'
import { computeFeatures } from './run/compute-features.ts'
import { runTraining } from './run/run.ts'
import { countOpening } from './versions/test-set-access.ts'

/** What the process is and measures. */
export type TrainingProcess = Pick<
  ProbePorts,
  'engine' | 'clock' | 'cpuSeconds' | 'now' | 'memoryMb' | 'machine'
> & {
  /** Since the process started. */
  readonly uptimeSeconds: () => number
  readonly openDataset: OpenDataset
  /** Called when the work is done or has failed, after its last message. */
  readonly ended: () => void
}

export function answerTraining(
  training: TrainingProcess,
  report: (message: FromTraining) => void,
): (message: ToTraining) => void {
  const stop = new AbortController()

  async function work(request: Exclude<ToTraining, { kind: 'cancel' }>): Promise<void> {
    const { folder } = request
    const start = { seconds: training.uptimeSeconds(), cpuSeconds: training.cpuSeconds() }
    try {
      if (request.kind === 'train' && !request.resume) await rm(checkpointFile(folder), { force: true })
      const plan = await readRunPlan(folder)
      const ports = portsOf(folder, plan)
      switch (request.kind) {
        case 'train':
          await runTraining(folder, plan, ports)
          break
        case 'features':
          await computeFeatures(folder, plan, ports)
          report({ kind: 'computed' })
          break
        case 'probe': {
          const figures = await probe(folder, plan, { images: request.images, start }, ports)
          report({ kind: 'probed', figures })
        }
      }
    } catch (error) {
      report(stop.signal.aborted ? { kind: 'cancelled' } : failureOf(error))
    }
    training.ended()
  }

  const portsOf = (folder: string, plan: RunPlan): ProbePorts => ({
    ...training,
    report,
    signal: stop.signal,
    samples: (of) =>
      of.samples.kind === 'dataset'
        ? datasetSamples(of.samples, training.openDataset, stop.signal)
        : storedSamples(folder, openImages(of.samples), (fault) => report({ kind: 'file-fault', ...fault })),
    openTest: async (hashes) =>
      plan.samples.kind === 'kept' ? plan.samples.testOpened : countOpening(plan.samples.counters, hashes),
  })

  return (message) => {
    if (message.kind === 'cancel') stop.abort()
    else void work(message)
  }
}
