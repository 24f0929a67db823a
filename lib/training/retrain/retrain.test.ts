import { fork } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import { openForTest, type Opened } from '#lib/data/opened.fakes.ts'
import type { DarkroomError } from '#lib/domain/errors.ts'
import type { JobPayloads } from '#lib/domain/jobs.ts'
import { drawShape, SHAPES } from '#lib/domain/shapes.ts'
import { splitOf } from '#lib/domain/splits.ts'
import { encodePng } from '#lib/images/png.ts'
import { steadyClock } from '#lib/processes/clock.ts'
import { startInference } from '#lib/processes/fork-inference.ts'
import { createPool } from '#lib/serving/pool.ts'
import { checkpointFile } from '../run/checkpoint.ts'
import { trainingHandlers } from '../job/handlers.ts'
import type { JobContext, TrainingParts } from '../job/ports.ts'
import type { ForkTraining } from '../ports.ts'
import { createForecast } from './forecast-retrain.ts'
import { createRetrain } from './retrain.ts'
import { createVersionCases } from '../versions/versions.ts'

const ENTRY = fileURLToPath(new URL('../../processes/training.ts', import.meta.url))
const THREE = SHAPES.slice(0, 3)
const asked = {
  caller: { kind: 'person', id: 'p', name: 'Ada', scopes: ['train'] },
  signal: new AbortController().signal,
} as const
const retrainInput = { classifier: 'trio', recipe: 'auto', force: false } as const

type Child = { readonly pid: number; readonly heard: FromTraining[] }

/** Real children, and what they said. */
function children(onMessage: (message: FromTraining, child: Child) => void = () => undefined) {
  const all: Child[] = []
  const forkTraining: ForkTraining = (engine) => {
    const child = fork(ENTRY, [engine], {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const known: Child = { pid: child.pid!, heard: [] }
    all.push(known)
    return {
      pid: child.pid!,
      send: (message) => {
        if (child.connected) child.send(message)
      },
      kill: (signal) => {
        child.kill(signal)
      },
      listen: ({ message, exit }) => {
        child.on('message', (value) => {
          known.heard.push(value as FromTraining)
          onMessage(value as FromTraining, known)
          message(value as FromTraining)
        })
        child.on('exit', (code, signal) => exit(signal ?? `exit code ${code}`))
      },
    }
  }
  return { all, forkTraining }
}

async function addShapes(
  { data }: Opened,
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
        picture: { hash, bytes, width: 32, height: 32, mediaType: 'image/png' },
        label,
        split: splitOf(hash, null),
        source,
        uploadId: null,
        filename: null,
      }
    }),
  )
}

type Heard = (message: FromTraining, child: Child) => void

async function trio(onMessage?: Heard, memoryMb = 1024, log: TrainingParts['log'] = () => undefined) {
  const opened = await openForTest()
  const { data, folder, settings } = opened
  await data.classifiers.create({
    id: 'trio',
    title: 'Trio',
    classes: THREE,
    input: { size: 16, channels: 3, fit: 'cover' },
    isMirrorable: true,
    recipe: 'scratch-small',
  })
  const { all, forkTraining } = children(onMessage)
  const answering = createPool({
    name: 'job',
    size: 1,
    start: startInference({ engine: 'auto', log: () => undefined, onLine: () => undefined }),
    clock: steadyClock,
    log,
    changed: () => undefined,
  })
  onTestFinished(() => answering[Symbol.asyncDispose]())
  const parts: TrainingParts = {
    data,
    forkTraining,
    answering,
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
      autoPromote: 'not_worse',
      codeVersion: 'test',
    },
  }
  const handlers = trainingHandlers(parts)
  const retraining = { data, bodies: async () => [], now: () => Date.now() }
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
    verify: async (id) => answering.verify({ key: id, folder: (await data.versions.verify(id)).folder }),
  })
  const work = async (context: Partial<JobContext> = {}) => {
    const run = await data.runs.active('trio')
    return handlers.train.run(
      { runId: run!.id, resume: false },
      { attempt: 1, signal: new AbortController().signal, why: () => null, ...context },
    )
  }
  return { ...opened, all, handlers, parts, retrain, forecasts, versions, work }
}

async function lengthOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  if (bytes instanceof Uint8Array) return bytes.length
  let length = 0
  for await (const chunk of bytes) length += chunk.length
  return length
}

test('one click makes a first version, a second click a judged one, and rolling back brings the first again', async () => {
  const darkroom = await trio()
  const { data, handlers, retrain, versions, work } = darkroom
  await addShapes(darkroom, 60, 1)

  const first = await retrain.retrain({ ...retrainInput, epochs: 5 })
  await work()

  const done = await data.answers.getRun({ id: first.run.id })
  expect(done).toMatchObject({ state: 'done', version: 'v1', is_promoted: true, verdict: { kind: 'first' } })
  expect(done.points).toHaveLength(5)
  const v1 = (await data.promotions.champion('trio'))!.version
  expect(v1).toMatchObject({ name: 'v1', testImages: expect.any(Number) })

  await addShapes(darkroom, 20, 500)
  const second = await retrain.retrain({ ...retrainInput, epochs: 2 })
  expect(second.message).toContain('60 of them new')
  await work()

  const judged = await data.answers.getRun({ id: second.run.id })
  expect(judged).toMatchObject({ state: 'done', version: 'v2', base_version: 'v1' })
  expect(judged.verdict!.sentence).toMatch(/Correct on \d+ images? that the old version got wrong/)
  const comparison = await versions.compareModels(
    { id: (await data.versions.find('trio', 'v2'))!.id, with: v1.id },
    asked,
  )
  expect(comparison.images).toBeGreaterThan(20)
  expect(comparison.parts.map((part) => part.name)).toEqual(['old', 'new'])

  const measured = await handlers.evaluate.run(
    { versionId: v1.id },
    { attempt: 1, signal: asked.signal, why: () => null },
  )
  expect(measured).toMatchObject({
    version: 'v1',
    images: comparison.images,
    accuracy: { value: comparison.accuracy.champion.value },
  })
  const { bytes, filename } = await versions.downloadModel({ id: v1.id, format: 'bundle' })
  expect(filename).toBe('trio-v1.zip')
  expect(await lengthOf(bytes)).toBeGreaterThan(100_000)

  const v2 = await data.versions.find('trio', 'v2')
  if (!judged.is_promoted) await versions.promoteModel({ id: v2!.id, reason: 'for the test' }, asked)
  const back = await versions.rollback({ classifier: 'trio' }, asked)
  expect(back).toMatchObject({ champion: { version: 'v1' }, previous: 'v2' })
  expect((await versions.modelInfo({ classifier: 'trio' })).architecture.at(-1)).toEqual({
    layer: 'logits (dense)',
    output_shape: [3],
    parameters: 192 * 3 + 3,
  })
}, 180_000)

test('a training process that is killed is followed by one that goes on from its checkpoint', async () => {
  let isKilled = false
  const darkroom = await trio((message, child) => {
    if (message.kind !== 'epoch' || message.point.epoch !== 2 || isKilled) return
    isKilled = true
    process.kill(child.pid, 'SIGKILL')
  })
  await addShapes(darkroom, 30, 1)

  const { run } = await darkroom.retrain.retrain({ ...retrainInput, epochs: 4 })
  await darkroom.work()

  expect(await darkroom.data.answers.getRun({ id: run.id })).toMatchObject({ state: 'done', version: 'v1' })
  expect(darkroom.all).toHaveLength(2)
  const epochs = darkroom.all.map((child) =>
    child.heard.flatMap((message) => (message.kind === 'epoch' ? [message.point.epoch] : [])),
  )
  expect(epochs[1]![0]).toBeGreaterThanOrEqual(2)
  expect(epochs[1]!.at(-1)).toBe(4)
}, 120_000)

test('a cancelled training leaves a checkpoint and can be gone on with', async () => {
  const stop = new AbortController()
  const darkroom = await trio((message) => {
    if (message.kind === 'epoch') stop.abort()
  })
  const { data, retrain, handlers, folder } = darkroom
  await addShapes(darkroom, 30, 1)

  const { run } = await retrain.retrain({ ...retrainInput, epochs: 300 })
  const cancelled = darkroom.work({ signal: stop.signal, why: () => 'cancelled' })

  await expect(cancelled).rejects.toThrow()
  expect(await data.answers.getRun({ id: run.id })).toMatchObject({ state: 'cancelled', can_resume: true })
  expect(existsSync(checkpointFile(`${folder}/runs/${run.id}`))).toBe(true)

  // the worker below has not seen the first part: only the folder says that it began
  await retrain.resumeRun({ id: run.id })
  const again = new AbortController()
  const resumed = handlers.train.run(
    { runId: run.id, resume: true },
    { attempt: 1, signal: again.signal, why: () => 'cancelled' },
  )
  while (darkroom.all[1]?.heard.some((message) => message.kind === 'step') !== true) await wait(50)
  again.abort()
  await expect(resumed).rejects.toThrow()
  const notes = darkroom.all[1]!.heard.flatMap((message) =>
    message.kind === 'note' ? [message.message] : [],
  )
  expect(notes.some((note) => /Resuming at epoch [1-9]/.test(note))).toBe(true)
}, 120_000)

test.runIf(existsSync('/dev/full')).each([
  ['a checkpoint', 'checkpoint.bin.making', 'at epoch'],
  ['the name of its pack', 'pack.json.making', null],
])(
  'a run that finds the disk full while it writes %s says so, with the cause in the log, and can be resumed',
  async (_, file, from) => {
    const logged: unknown[] = []
    let folder = ''
    let isFull = false
    const darkroom = await trio(
      (message) => {
        if (isFull || message.kind !== (from === null ? 'note' : 'epoch')) return
        isFull = true
        symlinkSync('/dev/full', `${folder}/${file}`) // each write to it fails as on a full disk, until it is removed
      },
      1024,
      (level, message, about) => logged.push({ level, message, ...about }),
    )
    const { data, retrain, work } = darkroom
    await addShapes(darkroom, 30, 1)

    const { run } = await retrain.retrain({ ...retrainInput, epochs: 4 })
    folder = `${darkroom.folder}/runs/${run.id}`
    expect(await work()).toEqual({ state: 'failed' })

    expect(await data.answers.getRun({ id: run.id })).toMatchObject({
      state: 'failed',
      can_resume: true,
      error: expect.stringMatching(
        /stopped: the disk that holds DATA_DIR is full\. Free up space on that disk, then resume/,
      ),
    })
    const cause: unknown = expect.stringContaining('ENOSPC')
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'A training run failed', run: run.id, cause }),
    )

    await retrain.resumeRun({ id: run.id })
    await work()

    expect(await data.answers.getRun({ id: run.id })).toMatchObject({
      state: 'done',
      version: 'v1',
      error: null,
    })
    const notes = darkroom.all[1]!.heard.flatMap((message) =>
      message.kind === 'note' ? [message.message] : [],
    )
    expect(notes.some((note) => note.startsWith('Resuming at epoch'))).toBe(from !== null)
  },
  120_000,
)

test('a disk that is full before the run has begun is told by the queue, and the run can be resumed', async () => {
  const darkroom = await trio()
  const { data, retrain, handlers } = darkroom
  await addShapes(darkroom, 30, 1)
  const { run } = await retrain.retrain({ ...retrainInput, epochs: 4 })
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const unwritable = { ...data, runs: { ...data.runs, change: () => Promise.reject(full) } }
  const started = trainingHandlers({ ...darkroom.parts, data: unwritable })
  const context: JobContext = { attempt: 1, signal: asked.signal, why: () => null }

  const ended = started.train.run({ runId: run.id, resume: false }, context)
  const error = (await ended.catch((thrown: unknown) => thrown)) as DarkroomError
  expect(error).toMatchObject({ code: 'disk_full', cause: full })
  await handlers.train.gaveUp!({ runId: run.id, resume: false }, { code: error.code, message: error.message })

  const failed = await data.answers.getRun({ id: run.id })
  expect(failed).toMatchObject({
    state: 'failed',
    can_resume: true,
    error: expect.stringContaining('is full'),
  })
  expect((await retrain.resumeRun({ id: run.id })).state).toBe('queued')
}, 60_000)

test('what cannot be retrained is refused with the reason', async () => {
  const darkroom = await trio()

  await expect(darkroom.retrain.retrain(retrainInput)).rejects.toMatchObject({ code: 'nothing_to_learn' })
})

test('a training that does not fit into the memory it may take says so before it begins, and does not begin', async () => {
  const darkroom = await trio(undefined, 64)
  const { data, forecasts, handlers } = darkroom
  await addShapes(darkroom, 12, 1)

  const answer = forecasts.forecastRetrain({ ...retrainInput, epochs: 4 }, asked)
  let job = null
  while (job === null)
    job = await data.jobs
      .claim('w', ['probe'], Date.now(), 60_000)
      .then((claimed) => claimed ?? wait(20).then(() => null))
  const error = (await handlers.probe
    .run(job.payload as JobPayloads['probe'], { attempt: 1, signal: asked.signal, why: () => null })
    .catch((thrown: unknown) => thrown)) as DarkroomError
  await data.jobs.fail(job.id, 'w', { code: error.code, message: error.message }, null, Date.now())
  const { forecast, why_none } = await answer
  expect(forecast).toBeNull()
  expect(why_none).toMatch(
    /^The whole network cannot be trained here: its [\d,]+ numbers take \d+ MB .* may take 64 MB\. .*TRAIN_MEMORY_MB=\d+/,
  )

  await darkroom.retrain.retrain(retrainInput)
  expect(await darkroom.work()).toEqual({ state: 'failed' })
  expect(await data.runs.active('trio')).toBeNull()
}, 180_000)

test('how long it takes is measured once by the worker and known at once afterwards; what would be refused is said so', async () => {
  const darkroom = await trio()
  const { data, forecasts, handlers } = darkroom
  expect(await forecasts.forecastRetrain(retrainInput, asked)).toMatchObject({
    will: null,
    message: expect.stringContaining('no images on this machine'),
    forecast: null,
  })
  await addShapes(darkroom, 12, 1)

  const answer = forecasts.forecastRetrain({ ...retrainInput, epochs: 4 }, asked)
  let job = null
  while (job === null)
    job = await data.jobs
      .claim('w', ['probe'], Date.now(), 60_000)
      .then((claimed) => claimed ?? wait(20).then(() => null))
  await data.jobs.complete(
    job.id,
    'w',
    await handlers.probe.run(job.payload as JobPayloads['probe'], {
      attempt: 1,
      signal: asked.signal,
      why: () => null,
    }),
    Date.now(),
  )

  const { will, forecast } = await answer
  expect(will).toMatchObject({ recipe: 'scratch-small', base_version: null, epochs: 4 })
  expect(forecast!.seconds).toBeGreaterThan(0.5)
  expect(forecast!.memory_mb).toBeGreaterThan(80)
  expect(forecast!.words).toMatch(/^about .+, [\d,]+ MB$/)
  // no worker answers: it must not be asked again
  const longer = await forecasts.forecastRetrain({ ...retrainInput, epochs: 40 }, asked)
  expect(longer.forecast!.seconds).toBeGreaterThan(forecast!.seconds)
  expect(existsSync(`${darkroom.folder}/runs/probe-${(job.payload as JobPayloads['probe']).name}`)).toBe(
    false,
  )
}, 180_000)
