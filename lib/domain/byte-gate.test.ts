import { expect, test } from 'vitest'
import { createByteGate } from './byte-gate.ts'

const held = () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  return { work: () => promise, resolve, reject }
}

test('what does not fit waits, in order, until earlier ones are finished', async () => {
  const gate = createByteGate(100)
  const started: string[] = []
  const [first, second, third] = [held(), held(), held()]
  const run = (name: string, bytes: number, one: ReturnType<typeof held>) =>
    gate.hold(bytes, () => {
      started.push(name)
      return one.work()
    })

  const all = [run('60', 60, first), run('50', 50, second), run('30', 30, third)]
  await Promise.resolve()
  expect(started).toEqual(['60'])

  first.resolve('a')
  expect(await all[0]).toBe('a')
  await new Promise((resolve) => setImmediate(resolve))
  expect(started).toEqual(['60', '50', '30'])

  second.resolve('b')
  third.resolve('c')
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
})

test('what is larger than the limit runs alone, and the next one starts after its failure', async () => {
  const gate = createByteGate(100)
  const large = held()
  let isNext = false

  const failing = gate.hold(500, large.work)
  const next = gate.hold(1, async () => {
    isNext = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isNext).toBe(false)

  large.reject(new Error('unreadable'))
  await expect(failing).rejects.toThrow('unreadable')
  await next
  expect(isNext).toBe(true)
})
