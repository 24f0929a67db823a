import { expect, test } from 'vitest'
import type { Data } from '../data.ts'
import { editsOf, openWithFruit, sampleOf } from '../opened.fakes.ts'
import { registerVersion } from '../versions/sealed.fakes.ts'
import { snapshotHash } from '../samples/snapshots.ts'
import type { Run } from '../values.ts'

const HASH = 'ab'.repeat(32)
const entries = [
  { hash: HASH, label: 'Granny Smith', split: 'train' },
  { hash: 'cd'.repeat(32), label: 'lime', split: 'test' },
] as const
const point = (epoch: number) => ({
  epoch,
  loss: 1,
  accuracy: null,
  val_loss: 1,
  val_accuracy: 0.5,
  learning_rate: 0.1,
  images_per_second: 9,
  seconds: 1,
  is_best: true,
})

const plan = (data: Data, more: Partial<Parameters<Data['runs']['plan']>[0]> = {}): Promise<Run> =>
  data.runs.plan({
    classifierId: 'fruit',
    recipe: 'scratch-small',
    epochs: 3,
    seed: 7,
    baseVersionId: null,
    message: 'Waiting',
    unseen: 2,
    plan: { any: ['thing'] },
    entries,
    ...more,
  })

test('a snapshot is identified by its content, and its list is returned', async () => {
  const { data } = await openWithFruit()

  const one = await data.snapshots.freeze('fruit', entries)
  const same = await data.snapshots.freeze('fruit', [...entries].reverse())

  expect(one).toMatchObject({ id: same.id, train: 1, validation: 0, test: 1 })
  // printf '%s Granny Smith train\n%s lime test' abab… cdcd… | sha256sum
  expect(one.hash).toBe('45354a7dce0d4a7e92c6d627dbfc4d4c09d4f47167b92bcfe68f04d59dfdfde8')
  expect(snapshotHash(entries)).toBe(one.hash)
  expect(await data.snapshots.entriesOf(one.id)).toEqual(entries)
})

test('each use of a list of test images is counted, whatever their order', async () => {
  const { data } = await openWithFruit()

  expect([
    await data.snapshots.openTest(['b', 'a']),
    await data.snapshots.openTest(['a', 'b']),
    await data.snapshots.openTest(['a']),
  ]).toEqual([1, 2, 1])
})

test('planning makes snapshot, run and job together; a second run of the classifier is refused', async () => {
  const { data, clock } = await openWithFruit()

  const run = await plan(data)

  expect(run).toMatchObject({
    state: 'queued',
    images: { train: 1, validation: 0, test: 1, unseen: 2 },
    plan: { any: ['thing'] },
  })
  expect(await data.jobs.claim('w', ['train'], clock.now(), 1_000)).toMatchObject({
    id: run.jobId,
    payload: { runId: run.id, resume: false },
  })
  await expect(plan(data)).rejects.toMatchObject({
    code: 'already_running',
    extras: { members: { run_id: run.id } },
  })
  expect((await data.runs.active())?.id).toBe(run.id)
  expect(await data.jobs.claim('w', ['train'], clock.now(), 1_000)).toBeNull()
})

test('a run reports its progress, its curve and its times', async () => {
  const { data, clock } = await openWithFruit()
  const { id } = await plan(data)

  clock.advance(1_000)
  await data.runs.change(id, { state: 'running', engine: 'wasm', message: 'Epoch 1 of 3' })
  await data.runs.report(id, {
    kind: 'step',
    epoch: 1,
    step: 5,
    steps: 30,
    loss: 2,
    learningRate: 0.1,
    imagesPerSecond: 8,
    etaSeconds: 12,
    memoryMb: 300,
  })
  await data.runs.report(id, { kind: 'epoch', point: point(1) })

  expect(await data.queries.getRun({ id })).toMatchObject({
    state: 'running',
    engine: 'wasm',
    epoch: 1,
    step: 5,
    steps: 30,
    progress: 16.7,
    eta_seconds: 12,
    points: [point(1)],
    started_at: '2026-11-21T12:00:01.000Z',
    ended_at: null,
    can_resume: false,
  })
  expect(await data.queries.retrainStatus({})).toEqual({
    is_running: true,
    progress: 16.7,
    message: 'Epoch 1 of 3',
    last_retrain_time: null,
    run_id: id,
    classifier: 'fruit',
  })

  clock.advance(60_000)
  await data.runs.change(id, { state: 'done', message: 'Done' })
  expect(await data.queries.retrainStatus({})).toMatchObject({
    is_running: false,
    progress: 100,
    last_retrain_time: '2026-11-21T12:01:01.000Z',
  })
  await expect(data.queries.retrainStatus({ classifier: 'friut' })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(data.queries.listRuns({ classifier: 'friut', limit: 5 })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a stopped run continues as a new job, and a repeated epoch is in the curve once', async () => {
  const { data } = await openWithFruit()
  const { id } = await plan(data)
  await data.runs.report(id, { kind: 'epoch', point: point(1) })
  await data.runs.report(id, { kind: 'epoch', point: point(2) })
  await expect(data.runs.resume(id)).rejects.toMatchObject({ code: 'conflict' })
  await data.runs.change(id, { state: 'cancelled', canResume: true })

  const resumed = await data.runs.resume(id)
  await data.runs.report(id, { kind: 'epoch', point: { ...point(2), loss: 0.5 } })

  expect(resumed).toMatchObject({ state: 'queued', endedAt: null })
  expect((await data.jobs.get(resumed.jobId ?? '')).payload).toEqual({ runId: id, resume: true })
  expect((await data.runs.get(id)).points.map((p) => [p.epoch, p.loss])).toEqual([
    [1, 1],
    [2, 0.5],
  ])
})

test('a run that ended early names the epoch it used; a cancelled one does not', async () => {
  const { data } = await openWithFruit()
  const { id } = await plan(data, { epochs: 9 })
  for (const epoch of [1, 2, 3, 4])
    await data.runs.report(id, { kind: 'epoch', point: { ...point(epoch), is_best: epoch <= 2 } })
  const describe = async () => {
    const { epoch, epochs, best_epoch, stopped_early } = await data.queries.getRun({ id })
    return { epoch, epochs, best_epoch, stopped_early }
  }

  expect(await describe()).toEqual({ epoch: 4, epochs: 9, best_epoch: 2, stopped_early: false })
  await data.runs.change(id, { state: 'cancelled' })
  expect((await describe()).stopped_early).toBe(false)
  await data.runs.change(id, { state: 'done' })
  expect(await describe()).toEqual({ epoch: 4, epochs: 9, best_epoch: 2, stopped_early: true })
})

test('events come as they happen, the whole state first, and end with the run', async () => {
  const { data } = await openWithFruit()
  const { id } = await plan(data)
  await data.runs.report(id, { kind: 'log', message: 'started' })
  const seen: string[] = []

  for await (const event of await data.queries.runEvents(
    { id, after: 0 },
    { signal: AbortSignal.timeout(20_000) },
  )) {
    seen.push(event.kind === 'run' ? event.run.state : event.kind)
    if (event.kind === 'log') await data.runs.report(id, { kind: 'epoch', point: point(1) })
    if (event.kind === 'epoch') await data.runs.change(id, { state: 'failed', error: 'why' })
  }

  expect(seen).toEqual(['queued', 'queued', 'log', 'epoch', 'failed'])
})

test('a client that reconnects with the last event’s number gets the rest only', async () => {
  const { data } = await openWithFruit()
  const { id } = await plan(data)
  for (const message of ['one', 'two', 'three']) await data.runs.report(id, { kind: 'log', message })
  await data.runs.change(id, { state: 'done' })
  const seen: unknown[] = []

  for await (const event of await data.queries.runEvents(
    { id, after: 3 },
    { signal: AbortSignal.timeout(20_000) },
  ))
    seen.push([event.seq, event.kind === 'log' ? event.message : event.kind])

  expect(seen).toEqual([
    [3, 'run'],
    [4, 'three'],
    [5, 'run'],
  ])
})

test('a client that disconnects receives nothing more', async () => {
  const { data } = await openWithFruit()
  const { id } = await plan(data)
  const leaving = new AbortController()
  const seen: string[] = []

  for await (const event of await data.queries.runEvents({ id, after: 1 }, { signal: leaving.signal })) {
    seen.push(event.kind)
    leaving.abort()
  }

  expect(seen).toEqual(['run'])
})

test('unseen samples are those labelled after the live version’s list was frozen, or relabelled', async () => {
  const { data, clock } = await openWithFruit()
  const [old, older] = await data.samples.add('fruit', [sampleOf('a'), sampleOf('b')])
  expect((await data.samples.countUnseen('fruit')).all).toBe(2)
  clock.advance(1_000)
  const run = await plan(data)
  clock.advance(1_000)
  await data.samples.add('fruit', [sampleOf('while it trained', { source: 'feedback' })])
  clock.advance(60_000)
  const version = await registerVersion(data, { runId: run.id })
  await data.promotions.promote({ versionId: version.id, by: 'gate', reason: null })

  expect((await data.samples.unseen('fruit')).map((sample) => sample.filename)).toEqual([
    'while it trained.png',
  ])
  await editsOf(data).changeSample({ id: old?.sampleId ?? '', label: 'lime' })
  await editsOf(data).changeSample({ id: older?.sampleId ?? '', label: 'apple' })

  expect(await data.queries.getClassifier({ id: 'fruit' })).toMatchObject({
    samples: { total: 3, unseen: 2 },
    corrections_waiting: 1,
    champion: { version: 'v1', test_images: 100 },
  })
})

test('any number of readers share one look at the rows and one copy of each event', async () => {
  const { data } = await openWithFruit()
  const { id } = await plan(data)
  await data.runs.report(id, { kind: 'log', message: 'one' })
  const leaving = new AbortController()
  const readers = await Promise.all(
    Array.from({ length: 20 }, () => data.queries.runEvents({ id, after: 0 }, { signal: leaving.signal })),
  )
  const iterators = readers.map((reader) => reader[Symbol.asyncIterator]())

  const openings = await Promise.all(iterators.map((one) => one.next()))
  const states = await Promise.all(iterators.map((one) => one.next()))
  const lines = await Promise.all(iterators.map((one) => one.next()))
  const coming = iterators.map((one) => one.next())
  await data.runs.report(id, { kind: 'log', message: 'two' })
  const later = await Promise.all(coming)

  for (const events of [openings, states, lines, later])
    expect(new Set(events.map(({ value }) => value as unknown)).size).toBe(1)
  expect([openings, states, lines, later].map(([first]) => first!.value)).toMatchObject([
    { kind: 'run', seq: 0 },
    { kind: 'run' },
    { message: 'one' },
    { message: 'two' },
  ])
  leaving.abort()
  expect((await Promise.all(iterators.map((one) => one.next()))).every(({ done }) => done)).toBe(true)
})
