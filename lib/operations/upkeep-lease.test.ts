import { expect, test } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { createUpkeepLease } from './upkeep-lease.ts'

async function twoWorkers() {
  const { data, clock } = await openForTest()
  const started: string[] = []
  const worker = (holder: string) =>
    createUpkeepLease({ hosts: data.hosts, holder, now: clock.now, acquired: () => started.push(holder) })
  return { one: worker('one'), two: worker('two'), started, clock }
}

test('one of two workers does the upkeep, and begins it once', async () => {
  const { one, two, started, clock } = await twoWorkers()

  for (let turn = 0; turn < 3; turn++) {
    await Promise.all([one.turn(), two.turn()])
    clock.advance(4_000)
  }

  expect([one.isHeld(), two.isHeld()].filter(Boolean)).toHaveLength(1)
  expect(started).toHaveLength(1)
})

test('the other one continues 15 seconds after the holder was killed, and not before', async () => {
  const { one, two, started, clock } = await twoWorkers()
  await one.turn()

  clock.advance(14_999)
  await two.turn()
  expect(two.isHeld()).toBe(false)
  clock.advance(1)
  await two.turn()

  expect([one.isHeld(), two.isHeld()]).toEqual([false, true])
  expect(started).toEqual(['one', 'two'])
})

test('the other one continues at once when the holder leaves', async () => {
  const { one, two } = await twoWorkers()
  await one.turn()

  await one.leave()
  await two.turn()

  expect([one.isHeld(), two.isHeld()]).toEqual([false, true])
})

test('a worker that could not extend its lease stops by itself, before another one may begin', async () => {
  const { one, clock } = await twoWorkers()
  await one.turn()

  clock.advance(15_000)

  expect(one.isHeld()).toBe(false)
})
