import { expect, test } from 'vitest'
import { createMemoryBudget, createMemoryGrant } from './memory-grant.ts'

/** Processes that share a budget of 100 bytes; what each is granted. */
function sharing(count: number) {
  const budget = createMemoryBudget<number>(100, (holder, id, bytes) => grants[holder]!.hear(id, bytes))
  const grants = Array.from({ length: count }, (_, holder) =>
    createMemoryGrant((request) => budget.request(holder, request)),
  )
  return { budget, grants, granted: () => grants.map((one) => one.grantedBytes()) }
}

test('each process may use the whole budget while the others use none of it', () => {
  const { grants, granted } = sharing(2)

  grants[0]!.update(0, 90)
  expect(granted()).toEqual([90, 0])

  grants[0]!.update(0, 0)
  grants[1]!.update(0, 100)
  expect(granted()).toEqual([0, 100])
})

test('what does not fit waits until enough has been given back, in order of arrival', () => {
  const { grants, granted } = sharing(3)
  const order: number[] = []
  grants.forEach((grant, i) => grant.onMore(() => order.push(i)))
  grants[0]!.update(0, 60)
  grants[1]!.update(0, 50)
  grants[2]!.update(0, 10) // would fit, but the one before it would then wait longer
  expect(granted()).toEqual([60, 0, 0])

  grants[0]!.update(0, 0)

  expect(granted()).toEqual([0, 50, 10])
  expect(order).toEqual([0, 1, 2])
})

test('processes that both want more than is left do not wait for each other', () => {
  const { grants, granted } = sharing(2)
  grants[0]!.update(0, 40)
  grants[1]!.update(0, 50)
  grants[0]!.update(40, 80)
  grants[1]!.update(50, 90)
  expect(granted()).toEqual([40, 50])

  grants[1]!.update(0, 90) // its image is done; the next one waits

  expect(granted()).toEqual([80, 0])
})

test('a process that has ended holds nothing', () => {
  const { budget, grants, granted } = sharing(2)
  grants[0]!.update(0, 100)
  grants[1]!.update(0, 100)

  budget.forget(0)

  expect(granted()[1]).toBe(100)
})
