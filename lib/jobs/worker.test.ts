import { expect, test, vi } from 'vitest'
import { DarkroomError } from '#lib/domain/errors.ts'
import { LEASE_MS, MOST_ATTEMPTS } from './queue.ts'
import { endless, opened, payload } from './worker.fakes.ts'
import { runWorker } from './worker.ts'

test('a job is executed with its payload, and its result is stored', async () => {
  const { jobs, enqueue, start, until } = await opened()
  const id = await enqueue()

  start({ run: async (values, { attempt }) => ({ given: values, attempt }) })

  await until(id, 'done')
  expect((await jobs.get(id)).result).toEqual({ given: payload, attempt: 1 })
})

test('a worker without a handler for one of its kinds refuses to start', async () => {
  const { jobs, clock } = await opened()

  const started = runWorker({
    name: 'one',
    store: jobs,
    kinds: ['evaluate', 'train'],
    handlers: { evaluate: { run: async () => null } },
    clock,
    signal: new AbortController().signal,
  })

  await expect(started).rejects.toThrow('no handler for train')
})

test('a job with an expired lease is claimed again, and not before', async () => {
  const { jobs, enqueue, clock } = await opened()
  const id = await enqueue()
  await jobs.claim('died', ['evaluate'], clock.now(), LEASE_MS)

  expect(await jobs.claim('other', ['evaluate'], clock.now() + LEASE_MS - 1, LEASE_MS)).toBeNull()
  const again = await jobs.claim('other', ['evaluate'], clock.now() + LEASE_MS, LEASE_MS)

  expect(again).toMatchObject({ id, attempt: 2 })
  expect(await jobs.complete(id, 'died', 'late', clock.now())).toBe(false)
  expect(await jobs.heartbeat(id, 'died', clock.now(), LEASE_MS)).toBe(false)
})

test('two workers never claim the same job', async () => {
  const { jobs, enqueue, clock } = await opened()
  const ids = [await enqueue(), await enqueue(), await enqueue()]

  const claimed = await Promise.all(
    ['a', 'b', 'c', 'd'].map((worker) => jobs.claim(worker, ['evaluate'], clock.now(), LEASE_MS)),
  )

  const held = claimed.flatMap((job) => job?.id ?? [])
  expect(new Set(held).size).toBe(held.length)
  const later = await jobs.claim('e', ['evaluate'], clock.now(), LEASE_MS)
  expect([...held, ...(later ? [later.id] : [])].toSorted()).toEqual(ids)
})

test('jobs run in the order they were queued', async () => {
  const { jobs, enqueue, clock } = await opened()
  const ids = [await enqueue(), await enqueue(), await enqueue()]

  const claimed = []
  for (const worker of ['a', 'b', 'c', 'd'])
    claimed.push(await jobs.claim(worker, ['evaluate'], clock.now(), LEASE_MS))

  expect(claimed.map((job) => job?.id ?? null)).toEqual([...ids, null])
})

test('a worker takes only jobs of its kinds', async () => {
  const { jobs, enqueue, clock } = await opened()
  await enqueue()

  expect(await jobs.claim('trainer', ['train'], clock.now(), LEASE_MS)).toBeNull()
})

test('a cancel reaches the working handler, and the job ends as cancelled', async () => {
  const { jobs, enqueue, start, clock, until } = await opened()
  const id = await enqueue()
  const { handler, started, stopped } = endless()
  start(handler)
  await started

  expect(await jobs.requestCancel(id, clock.now())).toBe('requested')

  await until(id, 'cancelled')
  expect(await stopped).toBe('cancelled')
})

test('a queued job that is cancelled never starts', async () => {
  const { jobs, enqueue, state, clock } = await opened()
  const id = await enqueue()

  expect(await jobs.requestCancel(id, clock.now())).toBe('cancelled')

  expect(await jobs.claim('one', ['evaluate'], clock.now(), LEASE_MS)).toBeNull()
  expect(await state(id)).toBe('cancelled')
  expect(await jobs.requestCancel(id, clock.now())).toBe('over')
})

test('a stopping worker returns its job to the queue, and the attempt does not count', async () => {
  const { jobs, enqueue, start, clock } = await opened()
  const id = await enqueue()
  const { handler, started, stopped } = endless()
  const { leave, ended } = start(handler)
  await started

  leave()
  await ended

  expect(await stopped).toBe('leaving')
  expect(await jobs.claim('next', ['evaluate'], clock.now(), LEASE_MS)).toMatchObject({ id, attempt: 1 })
})

test('a job that yields to others goes back to the queue for them, and is executed after them', async () => {
  const { jobs, start, clock, state, until } = await opened()
  const yielding = await jobs.enqueue('predict-anonymous', { predictionJobId: 'a' }, clock.now())
  const { handler, started, stopped } = endless()
  const executed: string[] = []
  let attempts = 0
  start(undefined, {
    kinds: ['predict', 'predict-anonymous'],
    handlers: {
      'predict-anonymous': {
        run: (values, job) => {
          attempts += 1
          if (attempts === 1) return handler.run({ versionId: '' }, job)
          executed.push(`${values.predictionJobId}, attempt ${job.attempt}`)
          return Promise.resolve(null)
        },
        yieldsTo: ['predict'],
      },
      predict: { run: async (values) => executed.push(values.predictionJobId) },
    },
  })
  await started
  for (let second = 0; second < 3; second++) await clock.advance(1_000)
  expect(await state(yielding)).toBe('running')

  await jobs.enqueue('predict', { predictionJobId: 'b' }, clock.now())
  await until(yielding, 'done')

  expect(await stopped).toBe('leaving')
  expect(executed).toEqual(['b', 'a, attempt 1'])
})

test('the heartbeat of a long job keeps its lease', async () => {
  const { jobs, enqueue, start, clock, state } = await opened()
  const id = await enqueue()
  const { handler, started } = endless()
  start(handler)
  await started

  for (let second = 0; second < 2 * (LEASE_MS / 1_000); second++) await clock.advance(1_000)

  expect(await jobs.claim('thief', ['evaluate'], clock.now(), LEASE_MS)).toBeNull()
  expect(await state(id)).toBe('running')
})

test('a temporary failure is retried three times, then abandoned and reported once', async () => {
  const { jobs, enqueue, start, clock } = await opened()
  const id = await enqueue()
  const attempts: number[] = []
  const gaveUp: string[] = []
  start({
    run: async (_payload, { attempt }) => {
      attempts.push(attempt)
      throw new Error('flaky')
    },
    gaveUp: async (_payload, error) => {
      gaveUp.push(error.message)
    },
  })

  for (let second = 0; second < 60; second++) await clock.advance(1_000)

  expect(attempts).toEqual([1, 2, 3])
  expect(gaveUp).toEqual(['flaky'])
  expect(await jobs.get(id)).toMatchObject({ state: 'failed', error: { code: 'internal', message: 'flaky' } })
})

test('a failure that a person must fix is not retried', async () => {
  const { jobs, enqueue, start, until } = await opened()
  const id = await enqueue()

  start({
    run: async () => {
      throw new DarkroomError('nothing_to_learn', {
        what: 'No training',
        why: 'nothing is new',
        remedy: 'Upload images.',
      })
    },
  })

  await until(id, 'failed')
  expect((await jobs.get(id)).error).toEqual({
    code: 'nothing_to_learn',
    message: 'No training: nothing is new. Upload images.',
  })
})

test('a job that kills its process each time is abandoned in the end', async () => {
  const { jobs, enqueue, start, clock, until } = await opened()
  const id = await enqueue()
  for (let i = 0; i < MOST_ATTEMPTS; i++)
    await jobs.claim(`killed ${i}`, ['evaluate'], clock.now() + i * LEASE_MS, LEASE_MS)
  await clock.advance(MOST_ATTEMPTS * LEASE_MS)
  const gaveUp: string[] = []

  start({
    run: async () => 'never',
    gaveUp: async (_payload, error) => {
      gaveUp.push(error.message)
    },
  })

  await until(id, 'failed')
  await vi.waitFor(() =>
    expect(gaveUp).toEqual(['It was attempted 3 times; each time, its process ended unexpectedly.']),
  )
})
