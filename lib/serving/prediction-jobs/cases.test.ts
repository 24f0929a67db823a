import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Caller, Part } from '#lib/contracts/contract.ts'
import { deleteExpiredJobs } from './delete-expired.ts'
import { JOBS_FOLDER } from './job-folder.ts'
import {
  ADA,
  BEN,
  ADMIN,
  ANONYMOUS,
  DAY_MS,
  opened,
  file,
  zipOf,
  linesOf,
  never,
  worker,
} from './program.fakes.ts'

test('rows that another worker has already stored are not stored twice', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(40)])
  const row = { position: 0, filename: 'a', kind: 'failed', code: 'internal', error: 'x' } as const

  expect(await program.data.predictionJobs.append(id, [row])).toBe(true)
  expect(await program.data.predictionJobs.append(id, [row])).toBe(false)

  expect(await linesOf(program, id)).toHaveLength(1)
})

test('only the sender and admins find a job; that of an anonymous sender is found by its id', async () => {
  const program = await opened()
  const { queries } = program.data
  const { id } = await program.send([zipOf(1)])
  const anonymous = await program.send([zipOf(1)], ANONYMOUS)

  expect((await queries.getPredictionJob({ id }, { caller: ADMIN })).id).toBe(id)
  for (const caller of [BEN, ANONYMOUS]) {
    await expect(queries.getPredictionJob({ id }, { caller })).rejects.toMatchObject({ code: 'not_found' })
    await expect(queries.predictionJobResults({ id, format: 'csv' }, { caller })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(program.cases.deletePredictionJob({ id }, { caller })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(program.cases.cancelPredictionJob({ id }, { caller })).rejects.toMatchObject({
      code: 'not_found',
    })
  }
  expect((await queries.getPredictionJob({ id: anonymous.id }, { caller: BEN })).by).toBeNull()
  const listed = async (caller: Caller) =>
    (await queries.listPredictionJobs({ limit: 10 }, { caller })).jobs.length
  expect([await listed(ADA), await listed(BEN), await listed(ANONYMOUS), await listed(ADMIN)]).toEqual([
    1, 0, 0, 2,
  ])
})

test('a cancelled job gives up its images, and a deleted one its results', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(2)])
  const images = path.join(program.folder, JOBS_FOLDER, id)
  expect(existsSync(images)).toBe(true)

  expect(await program.cases.cancelPredictionJob({ id }, { caller: ADA })).toMatchObject({
    state: 'cancelled',
  })
  expect(existsSync(images)).toBe(false)
  await expect(program.cases.cancelPredictionJob({ id }, { caller: ADA })).rejects.toMatchObject({
    code: 'conflict',
  })

  await program.cases.deletePredictionJob({ id }, { caller: ADA })
  await expect(program.data.queries.getPredictionJob({ id }, { caller: ADA })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('ended jobs are deleted after some days, with images that nothing needs', async () => {
  const program = await opened()
  const { data, folder, clock } = program
  const ended = await program.send([zipOf(1)])
  await program.cases.cancelPredictionJob({ id: ended.id }, { caller: ADA })
  const open = await program.send([zipOf(1)])
  const expire = (now: number) =>
    deleteExpiredJobs({
      predictionJobs: data.predictionJobs,
      dataDir: folder,
      days: 7,
      anonymousBytes: 1e9,
      now: () => now,
    })

  expect(await expire(clock.now() + 6 * DAY_MS)).toBe(0)
  expect(await expire(clock.now() + 8 * DAY_MS)).toBe(1)

  expect(await data.predictionJobs.find(ended.id)).toBeNull()
  expect(readdirSync(path.join(folder, JOBS_FOLDER))).toEqual([open.id])
})

test.each<[string, readonly Part[], string]>([
  ['no file', [], 'missing_file'],
  ['a ZIP that is none', [file('a.zip', Buffer.from('PK\x03\x04 nonsense'))], 'bad_archive'],
  [
    'an unknown version',
    [{ kind: 'field', name: 'version', value: 'v9' }, file('a.png', Uint8Array.of(0))],
    'not_found',
  ],
  [
    'a wrong number of classes',
    [{ kind: 'field', name: 'top_k', value: '0' }, file('a.png', Uint8Array.of(0))],
    'invalid_input',
  ],
])('%s is refused, and nothing is kept', async (_story, parts, code) => {
  const program = await opened()

  await expect(program.send(parts)).rejects.toMatchObject({ code })

  expect(readdirSync(path.join(program.folder, JOBS_FOLDER))).toEqual([])
  expect(await program.data.predictionJobs.openIds()).toEqual([])
})

test('an anonymous sender has at most two unfinished jobs, and all of them together sixteen', async () => {
  const program = await opened()
  const from = (address: number) => program.send([zipOf(1)], ANONYMOUS, `192.0.2.${address}`)
  for (let i = 0; i < 2; i++) await from(1)

  await expect(from(1)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('from your network address'),
  })
  for (let i = 4; i < 18; i++) await from(Math.floor(i / 2))
  await expect(from(9)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('16 prediction jobs that were sent without a login or key'),
  })

  expect((await program.send([zipOf(1)])).job.state).toBe('queued')
})

test('jobs of people and keys go first, also those that were sent later', async () => {
  const program = await opened()
  const { data, clock } = program
  const anonymous = await program.send([zipOf(1)], ANONYMOUS)
  const ada = await program.send([zipOf(1)])
  const kinds = ['predict', 'predict-anonymous'] as const
  const next = async () => {
    const job = await data.jobs.claim('w', kinds, clock.now(), 60_000)
    return job && (job.payload as { predictionJobId: string }).predictionJobId
  }

  expect([await next(), await next(), await next()]).toEqual([ada.id, anonymous.id, null])
})

test('images of unfinished anonymous jobs are limited together, also when they arrive at the same time', async () => {
  const program = await opened({ anonymousBytes: 45_000 }) // three times 16 images of 900 bytes
  const { data, folder } = program
  const images = (count: number) => Array.from({ length: count }, () => file('a.png', new Uint8Array(900)))

  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, () => program.send(images(16), ANONYMOUS)),
  )

  expect(outcomes.filter(({ status }) => status === 'rejected')).not.toEqual([])
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
  const open = await data.predictionJobs.openIds('anonymous')
  expect(readdirSync(path.join(folder, JOBS_FOLDER)).toSorted()).toEqual([...open].toSorted())

  expect((await program.send(images(64))).job.state).toBe('queued')
})

test('results that would exceed the limit of anonymous senders are refused, and old ones are deleted', async () => {
  const program = await opened({ anonymousBytes: 30_000 }) // of eleven images with two classes each
  const { data, folder, clock } = program
  const sent: string[] = []
  for (const count of [4, 5, 5]) {
    const { id } = await program.send([zipOf(count)], ANONYMOUS)
    await worker(program).run(id, never())
    await data.jobs.requestCancel((await data.predictionJobs.find(id))!.jobId!, clock.now())
    sent.push(id)
  }

  await expect(program.send([zipOf(12)], ANONYMOUS)).rejects.toMatchObject({ code: 'too_large' })
  const deleted = await deleteExpiredJobs({
    predictionJobs: data.predictionJobs,
    dataDir: folder,
    days: 7,
    anonymousBytes: 30_000,
    now: clock.now,
  })

  expect(deleted).toBe(1)
  expect(await data.predictionJobs.find(sent[0]!)).toBeNull()
  expect(await data.predictionJobs.find(sent[1]!)).not.toBeNull()
})

test('all who follow a job share what is read of it', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(1)], ANONYMOUS)
  const leaving = new AbortController()

  const events = await Promise.all(
    [ADA, BEN, ANONYMOUS].map(async (caller) => {
      const { signal } = leaving
      const following = await program.data.queries.predictionJobEvents({ id }, { caller, signal })
      return (await following[Symbol.asyncIterator]().next()).value as object
    }),
  )
  leaving.abort()

  expect(events[0]).toMatchObject({ seq: 1, job: { id, state: 'queued' } })
  expect(new Set(events).size).toBe(1)
})

test('progress is followed until the job ends', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(1)])
  const events = await program.data.queries.predictionJobEvents({ id }, { caller: ADA, signal: never() })
  const states: string[] = []
  for await (const { job } of events) {
    states.push(job.state)
    if (job.state === 'queued') await program.cases.cancelPredictionJob({ id }, { caller: ADA })
  }

  expect(states).toEqual(['queued', 'cancelled'])
})
