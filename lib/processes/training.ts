/**
 * One training child: executes the run in the given folder, reports its events, and ends. It knows no rows;
 * ends with its parent.
 */
import { availableParallelism, constants, cpus, setPriority } from 'node:os'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { runChild } from '#lib/children/run-child.ts'
import type { FromTraining, ToTraining } from '#lib/contracts/ipc.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { measuredOrder } from './jobs/measure-engines.ts'
import { inheritedDatabaseUrl, inheritedObjects } from './settings.ts'
import { answerTraining } from '#lib/training/answer-training.ts'

endWhenUncaught({ report: reportOnStderr })
collectGarbage()
setPriority(constants.priority.PRIORITY_BELOW_NORMAL) // predictions go first
await runChild<ToTraining, FromTraining>(async (say) => {
  const requested = ENGINES.find((name) => name === process.argv[2]) ?? 'auto'
  const purpose = process.argv[3] === 'inference' ? 'inference' : 'training'
  const rates = process.argv[4]
  const engine = await openEngine(requested, purpose, {
    ...(requested === 'auto' && purpose === 'training' && rates ? { order: await measuredOrder(rates) } : {}),
  })
  const training = {
    engine,
    openInt8Engine: () => openEngine('onnx', 'inference').catch(() => null),
    openDataset,
    databaseUrl: inheritedDatabaseUrl(),
    objects: inheritedObjects(),
    clock: () => performance.now() / 1000,
    cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    uptimeSeconds: () => process.uptime(),
    now: () => new Date(),
    memoryMb: () => Math.round(process.resourceUsage().maxRSS / 1024),
    machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`,
    ended: () => void (process.connected && process.disconnect()),
  }
  return { ready: { engine: engine.name }, hear: answerTraining(training, say) }
})
