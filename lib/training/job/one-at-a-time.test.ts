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

test('what can wait begins when nothing else is in progress, and again after a run has stopped it', async () => {
  const turn = createBackgroundTurn()
  const order: string[] = []
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const run = turn.inForeground(never, () => first.promise)
  const waiting = turn.whenIdle(never, async (signal) => {
    order.push('measures')
    if (order.length > 1) return 'measured'
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    second.resolve()
    await stopped
    return 'half of it'
  })
  await new Promise(setImmediate)
  expect(order).toEqual([])

  first.resolve()
  await run
  await second.promise
  await turn.inForeground(never, async () => void order.push('run'))

  expect(await waiting).toBe('measured')
  expect(order).toEqual(['measures', 'run', 'measures'])
})

test('features go before what can wait', async () => {
  const turn = createBackgroundTurn()
  let count = 0
  const waiting = turn.whenIdle(never, async (signal) => {
    count += 1
    if (count === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    return 'measured'
  })
  await new Promise(setImmediate)

  expect(await turn.inBackground(never, () => Promise.resolve('features'))).toBe('features')
  expect(await waiting).toBe('measured')
  expect(count).toBe(2)
})

test('what waits ends when it is cancelled, and a failure is not repeated', async () => {
  const turn = createBackgroundTurn()
  const run = Promise.withResolvers<void>()
  const running = turn.inForeground(never, () => run.promise)
  const stop = new AbortController()
  const waiting = turn.whenIdle(stop.signal, () => Promise.resolve('measured'))

  stop.abort(new Error('cancelled'))

  await expect(waiting).rejects.toThrow('cancelled')
  run.resolve()
  await running
  await expect(turn.whenIdle(never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})
