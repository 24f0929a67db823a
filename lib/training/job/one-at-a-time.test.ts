import { expect, test } from 'vitest'
import { createBackgroundTurn } from './one-at-a-time.ts'

const never = new AbortController().signal

test('a run waits for the features of its own images, and nothing starts in the background meanwhile', async () => {
  const turn = createBackgroundTurn()
  const features = Promise.withResolvers<string>()
  const order: string[] = []

  const background = turn.inBackground('fruit', never, () => features.promise)
  const run = turn.inForeground('fruit', never, async () => {
    order.push('run')
    return turn.inBackground('fruit', never, () => Promise.resolve('more features'))
  })
  order.push('features')
  features.resolve('done')

  expect(await background).toBe('done')
  expect(await run).toBeNull()
  expect(order).toEqual(['features', 'run'])
})

test('features of another classifier are stopped when a run starts', async () => {
  const turn = createBackgroundTurn()
  const background = turn.inBackground(
    'fruit',
    never,
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped'))),
  )

  expect(await turn.inForeground('leaves', never, () => Promise.resolve('trained'))).toBe('trained')
  expect(await background).toBe('stopped')
})

test('a cancelled run does not wait', async () => {
  const turn = createBackgroundTurn()
  const features = Promise.withResolvers<void>()
  const stop = new AbortController()
  const background = turn.inBackground('fruit', never, () => features.promise)

  const run = turn.inForeground('fruit', stop.signal, () => Promise.resolve('ended'))
  stop.abort()

  expect(await run).toBe('ended')
  features.resolve()
  await background
})
