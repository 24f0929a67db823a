/** For tests: a queue in its own database, and a worker whose clock the test advances. */
import { expect, onTestFinished, vi } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { fakeClock } from './clock.fakes.ts'
import type { StopReason } from '#lib/domain/jobs.ts'
import type { Handlers } from './queue.ts'
import { runWorker, type WorkerSettings } from './worker.ts'

export const payload = { versionId: 'v' }

export async function opened() {
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
  const until = (id: string, expected: string) =>
    vi.waitFor(
      async () => {
        clock.turn()
        expect(await state(id)).toBe(expected)
      },
      { interval: 1 },
    )
  return { clock, jobs: data.jobs, enqueue, start, state, until }
}

/** A handler that works until it is stopped, and reports the reason. */
export function endless(): {
  handler: NonNullable<Handlers['evaluate']>
  started: Promise<void>
  stopped: Promise<StopReason | null>
} {
  const started = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<StopReason | null>()
  const run: NonNullable<Handlers['evaluate']>['run'] = (_payload, { signal, why }) =>
    new Promise((_resolve, reject) => {
      started.resolve()
      signal.addEventListener('abort', () => {
        stopped.resolve(why())
        reject(new Error('stopped'))
      })
    })
  return { handler: { run }, started: started.promise, stopped: stopped.promise }
}
