import { expect, test } from 'vitest'
import { createIds, randomBytesInto } from './ids.ts'

test('ids have the form of RFC 9562 and tell their time', () => {
  // the time of the RFC's own example
  const id = createIds({ now: () => 0x01_7f_22_e2_79_b0 }, (bytes) => bytes.fill(0xff))

  expect(id()).toBe('017f22e2-79b0-7000-bfff-ffffffffffff')
})

test('ids grow, also within a millisecond, past 4,096 of them and when the clock steps back', () => {
  let now = 1_000
  const id = createIds({ now: () => now }, randomBytesInto)

  const ids = Array.from({ length: 10_000 }, () => id())
  now = 500
  ids.push(id())

  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(10_001)
})
