import { expect, onTestFinished, test } from 'vitest'
import { forkFake, startFake } from './forked.fakes.ts'
import { fakeClock } from './serving.fakes.ts'
import { createIdlePool, IDLE_MS } from './idle-pool.ts'

const version = { key: 'shapes v1', folder: '/models/shapes/v1' }
const limits = { maxPixels: 1e6, wantsFeatures: false }

function idling() {
  const clock = fakeClock()
  const pids: number[] = []
  const ended = Promise.withResolvers<void>()
  const pool = createIdlePool({
    clock,
    log: () => {},
    start: startFake(() => {
      const child = forkFake()
      pids.push(child.pid)
      return {
        ...child,
        listen: (hear) =>
          child.listen({
            ...hear,
            exit: (cause) => {
              hear.exit(cause)
              ended.resolve()
            },
          }),
      }
    }, clock),
  })
  onTestFinished(() => pool[Symbol.asyncDispose]())
  return { pool, clock, pids, ended: ended.promise }
}

test('no child is forked before a job needs a prediction', async () => {
  const { pool, pids } = idling()
  expect(pids).toEqual([])

  await pool.load(version)
  const { images } = await pool.infer(version, [Uint8Array.of(7)], limits)

  expect(pids).toHaveLength(1)
  expect(images).toEqual([expect.objectContaining({ ok: true })])
})

test('the child ends a minute after the last job, and the next job forks another', async () => {
  const { pool, clock, pids, ended } = idling()
  await pool.load(version)
  clock.advance(IDLE_MS - 1)
  await pool.infer(version, [Uint8Array.of(1)], limits)
  clock.advance(IDLE_MS - 1)
  expect(() => process.kill(pids[0]!, 0)).not.toThrow()

  clock.advance(1)
  await ended
  await pool.infer(version, [Uint8Array.of(2)], limits)

  expect(pids).toHaveLength(2)
})
