/** Composes what the worker does for each kind of job, with the child processes that the jobs use. The worker imports
 *  it with its first job: an idle one takes 14 MB less without it (2026-11-30). */
import type { Settings } from '#lib/contracts/settings.ts'
import type { AllHandlers } from '#lib/jobs/queue.ts'
import type { Log } from '#lib/operations/log.ts'
import { freeForTraining, isSmall } from '#lib/operations/memory-limits.ts'
import { autoPromoteNow } from '#lib/operations/owner-settings.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import { createIdlePool, IDLE_MS, SHORT_IDLE_MS } from '#lib/serving/idle-pool.ts'
import { trainingHandlers } from '#lib/training/job/handlers.ts'
import { keepingProcesses } from '#lib/training/job/idle-process.ts'
import { createBackgroundTurn } from '#lib/training/job/one-at-a-time.ts'
import { planRetrain } from '#lib/training/retrain/retrain.ts'
import { trainMemoryMb } from '#lib/training/run/learn/batch-size.ts'
import { availableBackbones } from '#lib/training/run/start/backbones.ts'
import { backboneHandler } from './backbone-job.ts'
import { backupHandler } from './backup-job.ts'
import { steadyClock } from '../clock.ts'
import { findingsHandler, followedByFindings } from './findings-job.ts'
import { composeDecoding } from '../forks/fork-decoding.ts'
import { composeGrouping, SMALL_PIXELS } from '../forks/fork-grouping.ts'
import { inferenceSettings, startInference } from '../forks/fork-inference.ts'
import { forkTrainingWith } from '../forks/fork-training.ts'
import { createReading } from '../compose/image-reading.ts'
import { importHandler } from './import-job.ts'
import { predictionJobHandlers } from './prediction-job.ts'
import { VERSION, type Start } from '../settings.ts'

export type JobModule = AsyncDisposable & {
  readonly handlers: AllHandlers
  readonly groupImages: ReturnType<typeof composeGrouping>
}

type JobModuleParts = {
  readonly data: OpenData
  readonly log: Log
  /** As they are in force now. */
  readonly backupSettings: () => Promise<Pick<Settings, 'BACKUP_KEEP'>>
  /** Of a training process that has ended. */
  readonly sweepLeftovers: () => Promise<void>
}

export function composeJobs(
  start: Start,
  { data, log, backupSettings, sweepLeftovers }: JobModuleParts,
): JobModule {
  const { settings, places } = start
  const idlePool = createIdlePool({
    start: startInference({
      ...inferenceSettings(settings),
      log,
      onLine: (line) => log('warn', line, { child: 'inference' }),
    }),
    clock: steadyClock,
    log,
    idleMs: isSmall(settings) ? SHORT_IDLE_MS : IDLE_MS,
  })
  const processes = keepingProcesses(
    forkTrainingWith((line) => log('warn', line, { child: 'training' }), places.dataDir),
    steadyClock,
  )
  const turn = createBackgroundTurn()
  const training = trainingHandlers({
    data,
    inference: idlePool,
    prepareInference: isSmall(settings) ? () => undefined : idlePool.prepare,
    log,
    sweepLeftovers,
    processes,
    turn,
    planNow: (classifier) =>
      planRetrain(
        { classifier, recipe: 'auto', force: true },
        {
          data,
          defaultEpochs: settings.DEFAULT_EPOCHS,
          candidates: (input) => availableBackbones(places, input, settings.BACKBONE),
        },
      ),
    now: () => new Date(),
    clock: steadyClock.now,
    settings: {
      dataDir: places.dataDir,
      databaseFile: places.databaseFile,
      engine: settings.TRAINING_ENGINE,
      memoryMb: trainMemoryMb(settings.TRAIN_MEMORY_MB, freeForTraining(settings)),
      maxPixels: settings.MAX_PIXELS,
      autoPromote: () => autoPromoteNow({ ...start, data }),
      codeVersion: VERSION,
    },
  })
  const decoding = composeDecoding(start, log)
  const reading = createReading(decoding, settings)
  const sizeOf = (bytes: Uint8Array) => reading.raster(bytes, SMALL_PIXELS)
  const groupImages = composeGrouping(data, { sizeOf, log })
  const handlers: AllHandlers = {
    ...training,
    train: followedByFindings(training.train, data, log),
    ...predictionJobHandlers(start, { data, decoding, log }),
    findings: findingsHandler({ data, dataDir: places.dataDir, sizeOf, turn, log }),
    backup: backupHandler({ settings: backupSettings, log }),
    import: importHandler(start, { data, groupImages, log }),
    backbone: backboneHandler(start, {
      folders: data.folders,
      onLine: (line) => log('warn', line, { child: 'inspection' }),
    }),
  }
  return {
    handlers,
    groupImages,
    async [Symbol.asyncDispose]() {
      processes.end()
      await idlePool[Symbol.asyncDispose]()
      await decoding[Symbol.asyncDispose]()
    },
  }
}
