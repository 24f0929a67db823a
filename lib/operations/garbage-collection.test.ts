import { expect, test } from 'vitest'
import { collector } from './garbage-collection.ts'

const MIB = 1024 ** 2

function process(isSmall = true) {
  const state = { bytes: 50 * MIB, cpuMs: 0, garbage: 0, spare: 0, collected: 0, thoroughly: 0 }
  const check = collector({
    isSmall,
    bytes: () => state.bytes + state.garbage + state.spare,
    cpuMs: () => state.cpuMs,
    collect: () => {
      state.collected += 1
      state.garbage = 0
    },
    collectThoroughly: () => {
      state.thoroughly += 1
      state.garbage = 0
      state.spare = 0
    },
  })
  return { state, look: check }
}

test('a process that has grown collects its garbage, and one that has not does nothing', () => {
  const { state, look: check } = process()
  check()
  expect(state.collected).toBe(1)

  check()
  state.garbage = 7 * MIB
  check()
  expect(state.collected).toBe(1)

  state.garbage = 9 * MIB
  check()
  expect(state).toMatchObject({ collected: 2, garbage: 0 })
})

test('memory that is in use does not cause repeated collections', () => {
  const { state, look: check } = process()
  check()
  state.bytes = 90 * MIB
  check()
  check()
  check()
  expect(state.collected).toBe(2)
})

test('growth counts from the minimum, not from a past peak', () => {
  const { state, look: check } = process()
  check()
  state.bytes = 90 * MIB
  check()
  state.bytes = 60 * MIB
  check()
  state.garbage = 10 * MIB
  check()
  expect(state).toMatchObject({ collected: 3, garbage: 0 })
})

test('once idle, a process releases its reserves, one time', () => {
  const { state, look: check } = process()
  state.spare = 20 * MIB
  for (let i = 0; i < 5; i++) check()
  expect(state).toMatchObject({ collected: 1, thoroughly: 0 })

  check()
  expect(state).toMatchObject({ thoroughly: 1, spare: 0 })
  for (let i = 0; i < 30; i++) check()
  expect(state).toMatchObject({ collected: 1, thoroughly: 1 })
})

test('a busy process is not collected thoroughly, and one that has grown again is, when idle', () => {
  const { state, look: check } = process()
  for (let i = 0; i < 10; i++) check()
  for (let i = 0; i < 20; i++) {
    state.bytes += (i % 2 ? -3 : 3) * MIB
    check()
  }
  expect(state.thoroughly).toBe(1)

  state.garbage = 9 * MIB
  for (let i = 0; i < 10; i++) check()
  expect(state).toMatchObject({ collected: 2, thoroughly: 2 })
})

test('where memory is not scarce, nothing is collected under load, and all of it when idle', () => {
  const { state, look: check } = process(false)
  check()
  for (let second = 1; second <= 10; second++) {
    state.garbage = second * 9 * MIB
    check()
  }
  expect(state).toMatchObject({ collected: 0, thoroughly: 0 })

  for (let second = 0; second < 10; second++) check()
  expect(state).toMatchObject({ collected: 0, thoroughly: 1, garbage: 0 })
})

test('a process under a constant load keeps its compiled code, however steady its memory is', () => {
  const { state, look: check } = process(false)
  for (let second = 0; second < 20; second++) {
    state.cpuMs += 800
    check()
  }
  expect(state.thoroughly).toBe(0)

  for (let second = 0; second < 6; second++) {
    state.cpuMs += 5
    check()
  }
  expect(state.thoroughly).toBe(1)
})
