import { expect, onTestFinished, test, vi } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { fakeClock } from './clock.fakes.ts'
import { LEASE_MS, MOST_ATTEMPTS } from './queue.ts'
import type { Handlers, StopReason } from './queue.ts'
import { runWorker } from './worker.ts'
import type { WorkerSettings } from './worker.ts'

const payload = { versionId: 'v' }

async function opened() {
  const clock = fakeClock(1_000_000)
  const { data } = await openForTest()
  const enqueue = () => data.jobs.enqueue('evaluate', payload, clock.now())
  const start = (run: Handlers['evaluate'], more: Partial<WorkerSettings> = {}) => {
    const leave = new AbortController()
    const ended = runWorker({
      name: 'one',
      store: data.jobs,
      kinds: ['evaluate'],
      handlers: { evaluate: run },
      clock,
      signal: leave.signal,
      ...more,
    })
    onTestFinished(async () => {
      leave.abort()
      await ended
    })
    return { leave: () => leave.abort(), ended }
  }
  const state = async (id: string) => (await data.jobs.get(id)).state
  const until = (id: string, wanted: string) =>
    vi.waitFor(
      async () => {
        clock.turn()
        expect(await state(id)).toBe(wanted)
      },
      { interval: 1 },
    )
  return { clock, jobs: data.jobs, enqueue, start, state, until }
}

/** A handler that works until it is stopped, and tells why it was. */
function endless(): {
  handler: NonNullable<Handlers['evaluate']>
  begun: Promise<void>
  stopped: Promise<StopReason | null>
} {
  const begun = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<StopReason | null>()
  const run: NonNullable<Handlers['evaluate']>['run'] = (_payload, { signal, why }) =>
    new Promise((_resolve, reject) => {
      begun.resolve()
      signal.addEventListener('abort', () => {
        stopped.resolve(why())
        reject(new Error('stopped'))
      })
    })
  return { handler: { run }, begun: begun.promise, stopped: stopped.promise }
}

test('a job is done with its payload, and its result is kept', async () => {
  const { jobs, enqueue, start, until } = await opened()
  const id = await enqueue()

  start({ run: async (given, { attempt }) => ({ given, attempt }) })

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

test('a job whose lease ended is claimed again; until then nobody gets it', async () => {
  const { jobs, enqueue, clock } = await opened()
  const id = await enqueue()
  await jobs.claim('died', ['evaluate'], clock.now(), LEASE_MS)

  expect(await jobs.claim('other', ['evaluate'], clock.now() + LEASE_MS - 1, LEASE_MS)).toBeNull()
  const again = await jobs.claim('other', ['evaluate'], clock.now() + LEASE_MS, LEASE_MS)

  expect(again).toMatchObject({ id, attempt: 2 })
  expect(await jobs.complete(id, 'died', 'late', clock.now())).toBe(false)
  expect(await jobs.heartbeat(id, 'died', clock.now(), LEASE_MS)).toBe(false)
})

test('two workers never claim one job, and jobs go in the order of asking', async () => {
  const { jobs, enqueue, clock } = await opened()
  const ids = [await enqueue(), await enqueue(), await enqueue()]

  const claimed = await Promise.all(
    ['a', 'b', 'c', 'd'].map((worker) => jobs.claim(worker, ['evaluate'], clock.now(), LEASE_MS)),
  )

  expect(claimed.map((job) => job?.id ?? null)).toEqual([...ids, null])
})

test('a worker takes only the kinds that it does', async () => {
  const { jobs, enqueue, clock } = await opened()
  await enqueue()

  expect(await jobs.claim('trainer', ['train'], clock.now(), LEASE_MS)).toBeNull()
})

test('a cancel reaches the handler that works, and the job ends as cancelled', async () => {
  const { jobs, enqueue, start, clock, until } = await opened()
  const id = await enqueue()
  const { handler, begun, stopped } = endless()
  start(handler)
  await begun

  expect(await jobs.requestCancel(id, clock.now())).toBe('asked')

  await until(id, 'cancelled')
  expect(await stopped).toBe('cancelled')
})

test('a queued job that is cancelled never begins', async () => {
  const { jobs, enqueue, state, clock } = await opened()
  const id = await enqueue()

  expect(await jobs.requestCancel(id, clock.now())).toBe('cancelled')

  expect(await jobs.claim('one', ['evaluate'], clock.now(), LEASE_MS)).toBeNull()
  expect(await state(id)).toBe('cancelled')
  expect(await jobs.requestCancel(id, clock.now())).toBe('over')
})

test('a worker that leaves gives its job back, and the attempt does not count', async () => {
  const { jobs, enqueue, start, clock } = await opened()
  const id = await enqueue()
  const { handler, begun, stopped } = endless()
  const { leave, ended } = start(handler)
  await begun

  leave()
  await ended

  expect(await stopped).toBe('leaving')
  expect(await jobs.claim('next', ['evaluate'], clock.now(), LEASE_MS)).toMatchObject({ id, attempt: 1 })
})

test('a long job keeps its lease by its heart beating', async () => {
  const { jobs, enqueue, start, clock, state } = await opened()
  const id = await enqueue()
  const { handler, begun } = endless()
  start(handler)
  await begun

  for (let second = 0; second < 2 * (LEASE_MS / 1_000); second++) await clock.advance(1_000)

  expect(await jobs.claim('thief', ['evaluate'], clock.now(), LEASE_MS)).toBeNull()
  expect(await state(id)).toBe('running')
})

test('what fails by chance is tried three times, then given up and told once', async () => {
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

test('what a person must mend is not tried again', async () => {
  const { jobs, enqueue, start, until } = await opened()
  const id = await enqueue()

  start({
    run: async () => {
      throw new DarkroomError('nothing_to_learn', {
        what: 'No training',
        why: 'nothing is new',
        remedy: 'Upload pictures.',
      })
    },
  })

  await until(id, 'failed')
  expect((await jobs.get(id)).error).toEqual({
    code: 'nothing_to_learn',
    message: 'No training: nothing is new. Upload pictures.',
  })
})

test('a job that kills its process each time is given up in the end', async () => {
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
    expect(gaveUp).toEqual(['It was attempted 3 times, and the process that ran it ended each time.']),
  )
})

test.each(['disk_full', 'database_busy'] as const)(
  'the end of a job is not lost to %s: it is offered until the store takes it, and reported once',
  async (code) => {
    const { jobs, enqueue, start, until } = await opened()
    const full = () => Promise.reject(new DarkroomError(code, { what: 'a', why: 'b', remedy: 'c' }))
    const failures: unknown[] = []
    let refusals = 3
    type Completing = Parameters<typeof jobs.complete>
    const store = {
      ...jobs,
      complete: (...given: Completing) => (refusals-- > 0 ? full() : jobs.complete(...given)),
    }
    const id = await enqueue()
    const next = await enqueue()

    start({ run: async () => 'done' }, { store, onStoreFailure: (error) => failures.push(error) })

    await until(id, 'done')
    await until(next, 'done') // the loop goes on
    expect(failures).toMatchObject([{ code }])
  },
)

test('a job that a locked database interrupted is done again, not failed', async () => {
  const { jobs, enqueue, start, clock } = await opened()
  const id = await enqueue()
  let attempts = 0

  start({
    run: async () => {
      if ((attempts += 1) === 1)
        throw new DarkroomError('database_busy', { what: 'a', why: 'b', remedy: 'c' })
      return 'done'
    },
  })
  for (let second = 0; second < 20; second++) await clock.advance(1_000)

  expect([attempts, (await jobs.get(id)).state]).toEqual([2, 'done'])
})

test('a worker goes on while its jobs cannot be read, and reports it once', async () => {
  const { jobs, enqueue, start, until } = await opened()
  const failures: unknown[] = []
  let refusals = 3
  const locked = () => Promise.reject(new Error('database is locked'))
  type Claiming = Parameters<typeof jobs.claim>
  const store = { ...jobs, claim: (...given: Claiming) => (refusals-- > 0 ? locked() : jobs.claim(...given)) }
  const id = await enqueue()

  start({ run: async () => null }, { store, onStoreFailure: (error) => failures.push(error) })

  await until(id, 'done')
  expect(failures).toHaveLength(1)
})

test.each(['complete', 'fail'] as const)(
  'a worker whose store breaks while it writes how a job ended (%s) reports that and does the next job',
  async (ending) => {
    const { jobs, enqueue, start, until } = await opened()
    const failures: unknown[] = []
    const broken = new Error('database disk image is malformed')
    let refusals = 1
    const store = {
      ...jobs,
      fail: (...given: Parameters<typeof jobs.fail>) =>
        refusals-- > 0 ? Promise.reject(broken) : jobs.fail(...given),
      complete: (...given: Parameters<typeof jobs.complete>) =>
        ending === 'complete' && refusals > 0 ? Promise.reject(broken) : jobs.complete(...given),
    }
    const first = await enqueue()
    const second = await enqueue()

    const { ended } = start(
      {
        run: async (_payload, { id }) => (ending === 'fail' && id === first ? Promise.reject(broken) : null),
      },
      { store, onStoreFailure: (error) => failures.push(error) },
    )

    await until(second, 'done')
    expect(failures).toContain(broken)
    expect(await Promise.race([ended.then(() => 'ended'), Promise.resolve('goes on')])).toBe('goes on')
  },
)

test('a handler that is told of the end finds its row as soon as it can be written', async () => {
  const { enqueue, start, until, clock } = await opened()
  const told: string[] = []
  let refusals = 2
  const id = await enqueue()

  start({
    run: () => Promise.reject(new DarkroomError('disk_full', { what: 'a', why: 'b', remedy: 'c' })),
    async gaveUp(_, { code }) {
      if (refusals-- > 0) throw new DarkroomError('disk_full', { what: 'a', why: 'b', remedy: 'c' })
      told.push(code)
    },
  })

  await until(id, 'failed')
  await vi.waitFor(
    () => {
      clock.turn()
      expect(told).toEqual(['disk_full'])
    },
    { interval: 1 },
  )
})
