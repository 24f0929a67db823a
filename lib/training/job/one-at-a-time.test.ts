import { expect, test } from 'vitest'
import { createBackgroundTurn } from './one-at-a-time.ts'

const never = new AbortController().signal

test('a run stops the background and begins when it has ended, and nothing starts there meanwhile', async () => {
  const turn = createBackgroundTurn()
  const order: string[] = []
  const background = turn.inBackground(
    never,
    (signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          order.push('stored')
          setImmediate(() => resolve('stopped'))
        }),
      ),
  )

  const run = await turn.inForeground(never, async () => {
    order.push('run')
    return turn.inBackground(never, () => Promise.resolve('more features'))
  })

  expect(await background).toBe('stopped')
  expect(run).toBeNull()
  expect(order).toEqual(['stored', 'run'])
})

test('a cancelled run does not wait', async () => {
  const turn = createBackgroundTurn()
  const features = Promise.withResolvers<void>()
  const stop = new AbortController()
  const background = turn.inBackground(never, () => features.promise)

  const run = turn.inForeground(stop.signal, () => Promise.resolve('ended'))
  stop.abort()

  expect(await run).toBe('ended')
  features.resolve()
  await background
})
