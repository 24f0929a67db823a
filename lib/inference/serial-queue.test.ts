import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { oneAtATime } from './serial-queue.ts'

test('a failure is reported, and the next task still runs', async () => {
  const reported: unknown[] = []
  const done: string[] = []
  const inTurn = oneAtATime((error) => reported.push(error))
  const broken = new Error('the engine failed')

  inTurn(async () => {
    throw broken
  })
  inTurn(async () => {
    done.push('second')
  })
  await nextTurn()

  expect(reported).toEqual([broken])
  expect(done).toEqual(['second'])
})

test('nothing starts before the previous work has ended', async () => {
  const steps: string[] = []
  const first = Promise.withResolvers<void>()
  const inTurn = oneAtATime(() => undefined)

  inTurn(async () => {
    steps.push('first begins')
    await first.promise
    steps.push('first ends')
  })
  inTurn(async () => {
    steps.push('second begins')
  })
  await nextTurn()
  expect(steps).toEqual(['first begins'])
  first.resolve()
  await nextTurn()

  expect(steps).toEqual(['first begins', 'first ends', 'second begins'])
})
