import { expect, test, vi } from 'vitest'
import { DarkroomError } from '#lib/domain/errors.ts'
import { opened } from './worker.fakes.ts'

test.each(['disk_full', 'database_busy'] as const)(
  'the result of a job survives %s: it is retried until the store accepts it, and reported once',
  async (code) => {
    const { jobs, enqueue, start, until } = await opened()
    const full = () => Promise.reject(new DarkroomError(code, { what: 'a', why: 'b', remedy: 'c' }))
    const failures: unknown[] = []
    let refusals = 3
    type CompleteArgs = Parameters<typeof jobs.complete>
    const store = {
      ...jobs,
      complete: (...values: CompleteArgs) => (refusals-- > 0 ? full() : jobs.complete(...values)),
    }
    const id = await enqueue()
    const next = await enqueue()

    start({ run: async () => 'done' }, { store, onStoreFailure: (error) => failures.push(error) })

    await until(id, 'done')
    await until(next, 'done') // the loop continues
    expect(failures).toMatchObject([{ code }])
  },
)

test('a job that a locked database interrupted is repeated, not failed', async () => {
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

test('a worker continues while its jobs cannot be read, and reports it once', async () => {
  const { jobs, enqueue, start, until } = await opened()
  const failures: unknown[] = []
  let refusals = 3
  const locked = () => Promise.reject(new Error('database is locked'))
  type ClaimArgs = Parameters<typeof jobs.claim>
  const store = {
    ...jobs,
    claim: (...values: ClaimArgs) => (refusals-- > 0 ? locked() : jobs.claim(...values)),
  }
  const id = await enqueue()

  start({ run: async () => null }, { store, onStoreFailure: (error) => failures.push(error) })

  await until(id, 'done')
  expect(failures).toHaveLength(1)
})

test.each(['complete', 'fail'] as const)(
  'a worker that cannot store how a job ended (%s) reports that and executes the next job',
  async (ending) => {
    const { jobs, enqueue, start, until } = await opened()
    const failures: unknown[] = []
    const broken = new Error('database disk image is malformed')
    let refusals = 1
    const store = {
      ...jobs,
      fail: (...values: Parameters<typeof jobs.fail>) =>
        refusals-- > 0 ? Promise.reject(broken) : jobs.fail(...values),
      complete: (...values: Parameters<typeof jobs.complete>) =>
        ending === 'complete' && refusals > 0 ? Promise.reject(broken) : jobs.complete(...values),
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

test('a handler that is notified of the end finds its row as soon as it can be written', async () => {
  const { enqueue, start, until, clock } = await opened()
  const reported: string[] = []
  let refusals = 2
  const id = await enqueue()

  start({
    run: () => Promise.reject(new DarkroomError('disk_full', { what: 'a', why: 'b', remedy: 'c' })),
    async gaveUp(_, { code }) {
      if (refusals-- > 0) throw new DarkroomError('disk_full', { what: 'a', why: 'b', remedy: 'c' })
      reported.push(code)
    },
  })

  await until(id, 'failed')
  await vi.waitFor(
    () => {
      clock.turn()
      expect(reported).toEqual(['disk_full'])
    },
    { interval: 1 },
  )
})
