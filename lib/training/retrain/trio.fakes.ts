/** A classifier of three drawn shapes with everything that trains it: real rows, real training processes and a
 *  real child that predicts. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { NetworkCandidate } from '#lib/contracts/training-plan.ts'
import { openForTest, type DataFixture } from '#lib/data/opened.fakes.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { splitOf } from '#lib/domain/grouping/splits.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { steadyClock } from '#lib/processes/clock.ts'
import { startInference } from '#lib/processes/forks/fork-inference.ts'
import { createPool } from '#lib/serving/pool.ts'
import type { FeaturesJobParts } from '../job/features-job.ts'
import { trainingHandlers } from '../job/handlers.ts'
import { keepingProcesses } from '../job/idle-process.ts'
import { createBackgroundTurn } from '../job/one-at-a-time.ts'
import type { JobContext, TrainingParts } from '../job/ports.ts'
import type { ForkTraining } from '../ports.ts'
import { createForecast } from './forecast-retrain.ts'
import { createRetrain, planRetrain } from './retrain.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { createVersionCases } from '../versions/versions.ts'

const ENTRY = fileURLToPath(new URL('../../processes/training.ts', import.meta.url))
const THREE = SHAPES.slice(0, 3)
export const requestContext = {
  caller: { kind: 'person', id: 'p', name: 'Ada', scopes: ['train'] },
  signal: new AbortController().signal,
} as const
export const retrainInput = { classifier: 'trio', recipe: 'auto', force: false } as const

type Child = { readonly pid: number; readonly messages: FromTraining[] }

/** Real training processes, and the messages of each. */
function children(onMessage: (message: FromTraining, child: Child) => void = () => undefined) {
  const all: Child[] = []
  const forkTraining: ForkTraining = (engine, purpose) => {
    const child = fork(ENTRY, [engine, purpose], {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const recorded: Child = { pid: child.pid!, messages: [] }
    all.push(recorded)
    return {
      pid: child.pid!,
      send: (message) => {
        if (child.connected) child.send(message)
      },
      kill: (signal) => {
        child.kill(signal)
      },
      listen: ({ message, exit }) => {
        child.removeAllListeners('message').removeAllListeners('exit')
        child.on('message', (value) => {
          recorded.messages.push(value as FromTraining)
          onMessage(value as FromTraining, recorded)
          message(value as FromTraining)
        })
        child.on('exit', (code, signal) => exit(signal ?? `exit code ${code}`))
      },
    }
  }
  return { all, forkTraining }
}

export async function addShapes(
  { data }: DataFixture,
  each: number,
  firstSeed: number,
  source: 'dataset' | 'upload' = 'upload',
) {
  const drawn = THREE.flatMap((label) =>
    Array.from({ length: each }, (_, i) => ({ label, bytes: encodePng(drawShape(label, firstSeed + i)) })),
  )
  await data.samples.add(
    'trio',
    drawn.map(({ label, bytes }) => {
      const hash = createHash('sha256').update(bytes).digest('hex')
      return {
        image: { hash, bytes, width: 32, height: 32, mediaType: 'image/png' },
        label,
        split: splitOf(hash, null),
        source,
        uploadId: null,
        filename: null,
      }
    }),
  )
}

type TrioStart = {
  /** Null: what one click chooses. */
  readonly recipe?: string | null
  readonly candidates?: readonly NetworkCandidate[]
}
type OnMessage = (message: FromTraining, child: Child) => void

export async function openTrio(
  onMessage?: OnMessage,
  memoryMb = 1024,
  log: TrainingParts['log'] = () => undefined,
  { recipe = 'scratch-small', candidates = [] }: TrioStart = {},
) {
  const context = await openForTest()
  const { data, folder, settings } = context
  await data.classifiers.create({
    id: 'trio',
    title: 'Trio',
    classes: THREE,
    input: { size: 16, channels: 3, fit: 'cover' },
    isMirrorable: true,
    ...(recipe !== null && { recipe }),
  })
  const { all, forkTraining } = children(onMessage)
  const inference = createPool({
    name: 'job',
    size: 1,
    start: startInference({
      engine: 'auto',
      precision: 'auto',
      log: () => undefined,
      onLine: () => undefined,
    }),
    clock: steadyClock,
    log,
    changed: () => undefined,
  })
  onTestFinished(() => inference[Symbol.asyncDispose]())
  const retraining = { data, candidates: async () => candidates, now: () => Date.now() }
  const parts: FeaturesJobParts = {
    data,
    turn: createBackgroundTurn(),
    planNow: (classifier) => planRetrain({ classifier, recipe: 'auto', force: true }, retraining),
    processes: keepingProcesses(forkTraining, steadyClock),
    inference,
    prepareInference: () => undefined,
    log,
    sweepLeftovers: async () => undefined,
    now: () => new Date(),
    clock: () => performance.now(),
    settings: {
      dataDir: folder,
      databaseFile: settings.databaseFile,
      engine: 'auto',
      memoryMb,
      maxPixels: 1e7,
      autoPromote: async () => 'not_worse',
      codeVersion: 'test',
    },
  }
  const handlers = trainingHandlers(parts)
  const retrain = createRetrain(retraining)
  const forecasts = createForecast({
    ...retraining,
    dataDir: folder,
    codeVersion: 'test',
    settings: { TRAINING_ENGINE: 'auto', TRAIN_MEMORY_MB: 1024 },
  })
  const versions = createVersionCases({
    data,
    now: () => Date.now(),
    engine: () => 'onnx',
    root: ROOT,
    verify: async (id) => inference.verify({ key: id, folder: (await data.versions.verify(id)).folder }),
  })
  const work = async (context: Partial<JobContext> = {}) => {
    const run = await data.runs.active('trio')
    return handlers.train.run(
      { runId: run!.id, resume: false },
      { attempt: 1, signal: new AbortController().signal, why: () => null, ...context },
    )
  }
  return { ...context, all, handlers, parts, retrain, forecasts, versions, work }
}
