/**
 * One training child: executes the run in the given folder, reports its events, and ends. It knows no rows;
 * ends with its parent.
 */
import { rm } from 'node:fs/promises'
import { availableParallelism, constants, cpus, setPriority } from 'node:os'
import { runChild } from '#lib/children/run-child.ts'
import type { FromTraining, ToTraining } from '#lib/contracts/ipc.ts'
import { openPictures } from '#lib/data/images.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { checkpointFile } from '#lib/training/run/checkpoint.ts'
import { failureOf } from '#lib/training/job/failure.ts'
import type { ProbePorts } from '#lib/training/probe/ports.ts'
import { probe } from '#lib/training/probe/probe.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { readRunPlan } from '#lib/training/run/plan.ts'
import { runTraining } from '#lib/training/run/run.ts'
import { datasetSamples, storedSamples } from '#lib/training/run/data/sources.ts'
import { countOpening } from '#lib/training/versions/test-set-access.ts'
import { collectGarbage } from './memory-gc.ts'
import { endWhenUncaught, reportOnStderr } from './last-resort.ts'

const stop = new AbortController()

const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6

type Say = (message: FromTraining) => void

const portsOf = (folder: string, plan: RunPlan, engine: ProbePorts['engine'], say: Say): ProbePorts => ({
  engine,
  samples: (of) =>
    of.samples.kind === 'dataset'
      ? datasetSamples(of.samples, openDataset, stop.signal)
      : storedSamples(folder, openPictures(of.samples), ({ hash, code, reason }) =>
          say({ kind: 'file-fault', hash, code, reason }),
        ),
  openTest: async (hashes) =>
    plan.samples.kind === 'kept' ? plan.samples.testOpened : countOpening(plan.samples.counters, hashes),
  report: say,
  clock: () => performance.now() / 1000,
  cpuSeconds,
  now: () => new Date(),
  memoryMb: () => Math.round(process.resourceUsage().maxRSS / 1024),
  machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`,
  signal: stop.signal,
})

async function work(
  request: Extract<ToTraining, { folder: string }>,
  engine: ProbePorts['engine'],
  say: Say,
): Promise<void> {
  const { folder } = request
  const start = { seconds: process.uptime(), cpuSeconds: cpuSeconds() }
  try {
    if (request.kind === 'train' && !request.resume) await rm(checkpointFile(folder), { force: true })
    const plan = await readRunPlan(folder)
    if (request.kind === 'probe')
      say({
        kind: 'probed',
        figures: await probe(
          folder,
          plan,
          { images: request.images, start },
          portsOf(folder, plan, engine, say),
        ),
      })
    else await runTraining(folder, plan, portsOf(folder, plan, engine, say))
  } catch (error) {
    if (stop.signal.aborted) say({ kind: 'cancelled' })
    else say(failureOf(error))
  }
  if (process.connected) process.disconnect()
}

endWhenUncaught({ report: reportOnStderr })
collectGarbage()
setPriority(constants.priority.PRIORITY_BELOW_NORMAL) // predictions go first
await runChild<ToTraining, FromTraining>(async (say) => {
  const required = ENGINES.find((name) => name === process.argv[2]) ?? 'auto'
  const engine = await openEngine(required, 'training')
  return {
    ready: { engine: engine.name },
    hear: (message) => {
      if (message.kind === 'cancel') stop.abort()
      else void work(message, engine, say)
    },
  }
})
