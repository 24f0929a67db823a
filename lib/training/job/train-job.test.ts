import { setTimeout as wait } from 'node:timers/promises'
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { DarkroomError } from '#lib/domain/errors.ts'
import { checkpointFile } from '../run/checkpoint.ts'
import { planFile } from '../run/plan.ts'
import { trainingHandlers } from './handlers.ts'
import type { JobContext } from './ports.ts'
import { addShapes, openTrio, requestContext, retrainInput } from '../retrain/trio.fakes.ts'

test('a killed training process is followed by one that continues from its checkpoint', async () => {
  let isKilled = false
  const darkroom = await openTrio((message, child) => {
    if (message.kind !== 'epoch' || message.point.epoch !== 2 || isKilled) return
    isKilled = true
    process.kill(child.pid, 'SIGKILL')
  })
  await addShapes(darkroom, 30, 1)

  const { run } = await darkroom.retrain.retrain({ ...retrainInput, epochs: 4 })
  await darkroom.work()

  expect(await darkroom.data.queries.getRun({ id: run.id })).toMatchObject({ state: 'done', version: 'v1' })
  expect(darkroom.all).toHaveLength(2)
  const epochs = darkroom.all.map((child) =>
    child.messages.flatMap((message) => (message.kind === 'epoch' ? [message.point.epoch] : [])),
  )
  expect(epochs[1]![0]).toBeGreaterThanOrEqual(2)
  expect(epochs[1]!.at(-1)).toBe(4)
}, 120_000)

test('a cancelled training run leaves a checkpoint and can be resumed', async () => {
  const stop = new AbortController()
  const darkroom = await openTrio((message) => {
    if (message.kind === 'epoch') stop.abort()
  })
  const { data, retrain, handlers, folder } = darkroom
  await addShapes(darkroom, 30, 1)

  const { run } = await retrain.retrain({ ...retrainInput, epochs: 300 })
  const cancelled = darkroom.work({ signal: stop.signal, why: () => 'cancelled' })

  await expect(cancelled).rejects.toThrow()
  expect(await data.queries.getRun({ id: run.id })).toMatchObject({ state: 'cancelled', can_resume: true })
  expect(existsSync(checkpointFile(`${folder}/runs/${run.id}`))).toBe(true)

  // the worker below did not run the first part: only the folder shows that it has started
  await retrain.resumeRun({ id: run.id })
  const again = new AbortController()
  const resumed = handlers.train.run(
    { runId: run.id, resume: true },
    { attempt: 1, signal: again.signal, why: () => 'cancelled' },
  )
  while (darkroom.all[1]?.messages.some((message) => message.kind === 'step') !== true) await wait(50)
  again.abort()
  await expect(resumed).rejects.toThrow()
  const notes = darkroom.all[1]!.messages.flatMap((message) =>
    message.kind === 'note' ? [message.message] : [],
  )
  expect(notes.some((note) => /Resuming at epoch [1-9]/.test(note))).toBe(true)
}, 120_000)

test.each([
  ['plan', planFile, /^The plan of this training run cannot be read/],
  ['checkpoint', checkpointFile, /^The checkpoint of this training run cannot be read/],
])(
  'a run whose %s cannot be read says so when it is resumed, and cannot be resumed again',
  async (_name, fileOf, reason) => {
    const stop = new AbortController()
    const darkroom = await openTrio((message) => {
      if (message.kind === 'epoch') stop.abort()
    })
    const { data, retrain, handlers, folder } = darkroom
    await addShapes(darkroom, 30, 1)
    const { run } = await retrain.retrain({ ...retrainInput, epochs: 300 })
    await expect(darkroom.work({ signal: stop.signal, why: () => 'cancelled' })).rejects.toThrow()
    writeFileSync(fileOf(`${folder}/runs/${run.id}`), 'damaged')

    await retrain.resumeRun({ id: run.id })
    const job = { runId: run.id, resume: true }
    const context: JobContext = { attempt: 1, signal: requestContext.signal, why: () => null }
    const error = await handlers.train.run(job, context).then(
      () => null,
      (thrown: unknown) => thrown as DarkroomError,
    )
    if (error) await handlers.train.gaveUp!(job, { code: error.code, message: error.message })

    expect(await data.queries.getRun({ id: run.id })).toMatchObject({
      state: 'failed',
      can_resume: false,
      error: expect.stringMatching(reason),
    })
    await expect(retrain.resumeRun({ id: run.id })).rejects.toThrow('no checkpoint that can be read')
  },
  60_000,
)

test.runIf(existsSync('/dev/full')).each([
  ['a checkpoint', 'checkpoint.bin.making', 'at epoch'],
  ['the name of its pack', 'pack.json.making', null],
])(
  'a run on a full disk fails while it writes %s with the reason, logs the cause, and can be resumed',
  async (_, file, from) => {
    const logged: unknown[] = []
    let folder = ''
    let isFull = false
    const darkroom = await openTrio(
      (message) => {
        if (isFull || message.kind !== (from === null ? 'note' : 'epoch')) return
        isFull = true
        symlinkSync('/dev/full', `${folder}/${file}`) // each write to it fails as on a full disk, until it is removed
      },
      1024,
      (level, message, details) => logged.push({ level, message, ...details }),
    )
    const { data, retrain, work } = darkroom
    await addShapes(darkroom, 30, 1)

    const { run } = await retrain.retrain({ ...retrainInput, epochs: 4 })
    folder = `${darkroom.folder}/runs/${run.id}`
    expect(await work()).toEqual({ state: 'failed' })

    expect(await data.queries.getRun({ id: run.id })).toMatchObject({
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

    expect(await data.queries.getRun({ id: run.id })).toMatchObject({
      state: 'done',
      version: 'v1',
      error: null,
    })
    const notes = darkroom.all[1]!.messages.flatMap((message) =>
      message.kind === 'note' ? [message.message] : [],
    )
    expect(notes.some((note) => note.startsWith('Resuming at epoch'))).toBe(from !== null)
  },
  120_000,
)

test('a disk that is full before the run starts fails the job, and the run can be resumed', async () => {
  const darkroom = await openTrio()
  const { data, retrain, handlers } = darkroom
  await addShapes(darkroom, 30, 1)
  const { run } = await retrain.retrain({ ...retrainInput, epochs: 4 })
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const unwritable = { ...data, runs: { ...data.runs, change: () => Promise.reject(full) } }
  const started = trainingHandlers({ ...darkroom.parts, data: unwritable })
  const context: JobContext = { attempt: 1, signal: requestContext.signal, why: () => null }

  const ended = started.train.run({ runId: run.id, resume: false }, context)
  const error = (await ended.catch((thrown: unknown) => thrown)) as DarkroomError
  expect(error).toMatchObject({ code: 'disk_full', cause: full })
  await handlers.train.gaveUp!({ runId: run.id, resume: false }, { code: error.code, message: error.message })

  const failed = await data.queries.getRun({ id: run.id })
  expect(failed).toMatchObject({
    state: 'failed',
    can_resume: true,
    error: expect.stringContaining('is full'),
  })
  expect((await retrain.resumeRun({ id: run.id })).state).toBe('queued')
}, 60_000)
